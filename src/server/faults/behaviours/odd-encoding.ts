import { deflateRawSync, gzipSync } from 'node:zlib';
import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';

/** Misuses of content codings that browsers and curl accept. */
export const oddEncoding = defineFault({
  name: 'odd-encoding',
  summary:
    'Content-Encoding names no coding, or takes two lines; gzip has garbage behind it; deflate has no zlib around it',
  options: { as: choice('no-coding', 'two-lines', 'garbage', 'bare-deflate') },
  behave: ({ as }) => ({
    at: 'request',
    answer(exchange) {
      const { type, body, etag } = exchange.file;
      const [encoding, encoded] = ENCODINGS[as](body);
      exchange.response.setHeader('content-encoding', encoding);
      exchange.response.writeHead(200, {
        'content-type': type,
        'content-length': encoded.length,
        etag,
      });
      exchange.response.end(encoded);
    },
  }),
});

const ENCODINGS = {
  'no-coding': (body: Buffer) => ['utf-8', body],
  'two-lines': (body: Buffer) => [['identity', 'gzip'], gzipSync(body)],
  garbage: (body: Buffer) => [
    'gzip',
    Buffer.concat([gzipSync(body), Buffer.from('<!-- garbage -->')]),
  ],
  'bare-deflate': (body: Buffer) => ['deflate', deflateRawSync(body)],
} satisfies Record<string, (body: Buffer) => [encoding: string | string[], body: Buffer]>;
