import { defineFault } from '../fault.ts';

/** A client has to notice, or to limit the number of redirects. */
export const redirectLoop = defineFault({
  name: 'redirect-loop',
  summary: 'two URLs that redirect to each other',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      const url = new URL(exchange.target, exchange.origin);
      if (url.searchParams.has('again')) url.searchParams.delete('again');
      else url.searchParams.set('again', '');
      exchange.refuse(302, { location: `${url.pathname}${url.search}` });
    },
  }),
});
