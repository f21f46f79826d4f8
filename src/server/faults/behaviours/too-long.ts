import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** The bytes beyond the length are not part of any response (RFC 9112 section 6.3). */
export const tooLong = defineFault({
  name: 'too-long',
  summary: 'more bytes come than Content-Length says',
  options: { by: count(100, 1, 1e6) },
  behave: ({ by }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const longer = Buffer.concat([body, Buffer.alloc(by, 'x')]);
      exchange.sendUnchecked({ status, headers, body: longer });
    },
  }),
});
