import { gzipSync } from 'node:zlib';
import { defineFault } from '../fault.ts';
import { size } from '../fault-option.ts';

/** A gzip file may have several members (RFC 1952 section 2.2). The body repeats one of this size. */
const MEMBER_SIZE = 16 * 1024 * 1024;

/** Compressed on first use, as that takes 0.1 s. */
let member: Buffer | undefined;

/** A small body that decodes to a large file. */
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
