import { defineFault } from '../fault.ts';
import { text } from '../fault-option.ts';

/** Server-side request forgery: the client is made to request a URL that only it can reach. */
export const redirectPrivate = defineFault({
  name: 'redirect-private',
  summary: 'a redirect to an address of the private network, by default where clouds keep secrets',
  options: { host: text('169.254.169.254') },
  behave: ({ host }) => ({
    at: 'request',
    answer: (exchange) => exchange.refuse(302, { location: `http://${host}/latest/meta-data/` }),
  }),
});
