import { defineFault } from '../fault.ts';
import { headOf } from '../head.ts';

/** How many bytes clients read at a time. A client has not yet seen the bytes after these. */
const READ_AT_ONCE = 64 * 1024;

const EXTRA = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong';

/** A client must not take the second response for the answer to its next request. */
export const extraResponse = defineFault({
  name: 'extra-response',
  summary:
    'another response comes right behind the first, beyond the 64 KiB that clients read at a time',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const pad = (length: number) => headOf(status, { ...headers, 'x-pad': 'x'.repeat(length) });
      const missing = (pad(0).length + body.length) % READ_AT_ONCE;
      const head = Buffer.from(pad(READ_AT_ONCE - missing));
      // In one system call: no client could tell a later response from an answer.
      exchange.sendRaw(Buffer.concat([head, body, Buffer.from(EXTRA)]));
    },
  }),
});
