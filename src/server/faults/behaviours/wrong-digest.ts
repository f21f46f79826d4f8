import { hash } from 'node:crypto';
import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';

/** The value of each header: a digest of the whole file, or of the right content of this response. */
const STATED = {
  'repr-digest': (file: Buffer) => `sha-256=:${hash('sha256', file, 'base64')}:`,
  digest: (file: Buffer) => `SHA-256=${hash('sha256', file, 'base64')}`,
  'content-digest': (_: Buffer, content: Buffer) =>
    `sha-512=:${hash('sha512', content, 'base64')}:`,
  'content-md5': (_: Buffer, content: Buffer) => hash('md5', content, 'base64'),
  none: undefined,
} as const;

/** The length is right and the bytes are not. Only a digest can tell. */
export const wrongDigest = defineFault({
  name: 'wrong-digest',
  summary: 'one byte of the body is another one; a header has the digest of the right one',
  options: {
    header: choice('repr-digest', 'digest', 'content-digest', 'content-md5', 'none'),
  },
  behave: ({ header }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const wrong = Buffer.from(body);
      const last = wrong.length - 1;
      if (last >= 0) wrong.writeUInt8(wrong.readUInt8(last) ^ 1, last);
      const stated = STATED[header]?.(exchange.file.body, body);
      exchange.send({
        status,
        headers: stated === undefined ? headers : { ...headers, [header]: stated },
        body: wrong,
      });
    },
  }),
});
