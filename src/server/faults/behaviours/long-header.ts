import { defineFault } from '../fault.ts';
import { size } from '../fault-option.ts';
import { headOf } from '../head.ts';

/** A client that keeps the head in memory needs a limit for its length. */
export const longHeader = defineFault({
  name: 'long-header',
  summary: 'a header of a megabyte',
  options: { bytes: size('1M') },
  behave: ({ bytes }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      exchange.sendRaw(headOf(status, { ...headers, 'x-long': 'x'.repeat(bytes) }));
      exchange.sendRaw(body);
      exchange.hangUp();
    },
  }),
});
