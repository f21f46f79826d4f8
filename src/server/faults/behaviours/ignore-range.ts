import { defineFault } from '../fault.ts';

/** Allowed (RFC 9110 section 14.2), and the end of every hope to go on with a part. */
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
