import { defineFault } from '../fault.ts';
import { size } from '../fault-option.ts';

/** A client that keeps the head in memory needs a limit for its length. */
export const longHeader = defineFault({
  name: 'long-header',
  summary: 'a header of a megabyte',
  options: { bytes: size('1M') },
  behave: ({ bytes }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      exchange.sendUnchecked({
        status,
        headers: { ...headers, 'x-long': 'x'.repeat(bytes) },
        body,
      });
    },
  }),
});
