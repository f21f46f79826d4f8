import { defineFault } from '../fault.ts';

/** A client must not send credentials to the other origin. */
export const redirectOrigin = defineFault({
  name: 'redirect-origin',
  summary: 'a redirect to another origin: this server under its other name, which has the file',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      const { host } = exchange.request.headers;
      const { hostname, port } = new URL(`http://${host}`);
      if (hostname === OTHER_NAME) {
        exchange.send(exchange.honest);
      } else {
        exchange.refuse(302, { location: `http://${OTHER_NAME}:${port}${exchange.target}` });
      }
    },
  }),
});

/** The name that is not `localhost`. */
const OTHER_NAME = '127.0.0.1';
