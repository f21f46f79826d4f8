import { defineFault } from '../fault.ts';
import { text } from '../fault-option.ts';

/** The body is not in the encoding that its header names. */
export const wrongEncoding = defineFault({
  name: 'wrong-encoding',
  summary: 'Content-Encoding says gzip (or br, zstd, any word), and the body is plain',
  options: { claim: text('gzip') },
  behave: ({ claim }) => ({
    at: 'request',
    answer(exchange) {
      const { body, type, etag } = exchange.file;
      const length = String(body.length);
      exchange.send({
        status: 200,
        headers: {
          'content-type': type,
          'content-encoding': claim,
          'content-length': length,
          etag,
        },
        body,
      });
    },
  }),
});
