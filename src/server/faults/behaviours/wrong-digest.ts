import { createHash } from 'node:crypto';
import { defineFault } from '../fault.ts';

/** As long as it should be, and not what it should be: only a checksum tells. */
export const wrongDigest = defineFault({
  name: 'wrong-digest',
  summary: 'one byte of the body is another one; Repr-Digest (RFC 9530) is that of the right one',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const wrong = Buffer.from(body);
      const last = wrong.length - 1;
      if (last >= 0) wrong.writeUInt8(wrong.readUInt8(last) ^ 1, last);
      const digest = createHash('sha256').update(exchange.file.body).digest('base64');
      exchange.send({
        status,
        headers: { ...headers, 'repr-digest': `sha-256=:${digest}:` },
        body: wrong,
      });
    },
  }),
});
