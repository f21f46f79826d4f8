import { defineFault } from '../fault.ts';
import { text } from '../fault-option.ts';

/** A client must not read local files for a server. */
export const redirectFile = defineFault({
  name: 'redirect-file',
  summary: "a redirect to a file: URL, of the client's own machine",
  options: { path: text('/etc/hostname') },
  behave: ({ path }) => ({
    at: 'request',
    answer: (exchange) => exchange.refuse(302, { location: `file://${path}` }),
  }),
});
