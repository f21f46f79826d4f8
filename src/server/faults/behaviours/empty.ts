import { defineFault } from '../fault.ts';

/** Valid HTTP, but hardly the file. */
export const empty = defineFault({
  name: 'empty',
  summary: 'a 200 with a body of no bytes',
  behave: () => ({
    at: 'request',
    answer({ response, file }) {
      response.writeHead(200, { 'content-type': file.type, 'content-length': '0' }).end();
    },
  }),
});
