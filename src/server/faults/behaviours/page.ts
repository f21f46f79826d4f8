import { defineFault } from '../fault.ts';

const PAGE = Buffer.from('<!doctype html><title>Sign in</title><p>Sign in to go on.\n');

/** The response is complete. Only its type, its length or a checksum gives it away. */
export const page = defineFault({
  name: 'page',
  summary:
    '200 and a page of HTML in place of the file, as a login or the portal of a network sends',
  behave: () => ({
    at: 'request',
    answer: (exchange) =>
      exchange.send({
        status: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-length': String(PAGE.length),
        },
        body: PAGE,
      }),
  }),
});
