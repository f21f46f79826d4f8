import { defineFault } from '../fault.ts';

/** Permitted (RFC 9110 section 14.2), but a client cannot go on with a part of the file. */
export const ignoreRange = defineFault({
  name: 'ignore-range',
  summary: 'a range is asked for, and the whole file comes',
  behave: () => ({
    at: 'request',
    answer({ file, response }) {
      const { body, type, etag } = file;
      const length = String(body.length);
      response.writeHead(200, { 'content-type': type, 'content-length': length, etag }).end(body);
    },
  }),
});
