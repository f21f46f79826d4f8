import { gzipSync } from 'node:zlib';
import { defineFault } from '../fault.ts';
import { size } from '../fault-option.ts';

/** One member of a gzip file may follow another (RFC 1952 section 2.2): the same one, again and again. */
const MEMBER_SIZE = 16 * 1024 * 1024;

/** Made when it is first asked for: to compress it takes a tenth of a second. */
let member: Buffer | undefined;

/** A small body that is a large file. */
export const gzipBomb = defineFault({
  name: 'gzip-bomb',
  summary: 'a compressed body, a thousand times as large once it is decoded',
  options: { size: size('10G') },
  behave: ({ size }) => ({
    at: 'request',
    async answer(exchange) {
      member ??= gzipSync(Buffer.alloc(MEMBER_SIZE));
      const { response, file } = exchange;
      response.writeHead(200, { 'content-type': file.type, 'content-encoding': 'gzip' });
      for (let left = size; left > 0; left -= MEMBER_SIZE) {
        const piece = left >= MEMBER_SIZE ? member : gzipSync(Buffer.alloc(left));
        if (!(await exchange.sendPiece(piece))) return;
      }
      response.end();
    },
  }),
});
