import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** A long chain of redirects that ends at the file. */
export const redirectChain = defineFault({
  name: 'redirect-chain',
  summary: 'so many redirects one after another before the file',
  options: { length: count(5, 1) },
  behave: ({ length }) => ({
    at: 'request',
    answer(exchange) {
      const url = new URL(exchange.target, exchange.origin);
      const step = Number(url.searchParams.get('step') ?? 0);
      if (step >= length) {
        exchange.send(exchange.honest);
        return;
      }
      url.searchParams.set('step', String(step + 1));
      exchange.refuse(302, { location: `${url.pathname}${url.search}` });
    },
  }),
});
