import { pipeline } from 'node:stream';
import { peek } from './peek.ts';

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Whether a file that begins so is gzipped. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1];
}

/**
 * The chunks, decompressed if their first two bytes are those of gzip.
 * @throws the errors of reading and of decompressing; also if `chunks` end before the data does
 */
export async function* gunzip(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const { head, all } = await peek(chunks, GZIP_MAGIC.length);
  if (!isGzip(head)) {
    yield* all;
    return;
  }
  const { createGunzip } = process.getBuiltinModule('node:zlib');
  // The loop over the output throws any error, so the callback can ignore it.
  const output = pipeline(all, createGunzip(), () => {});
  yield* output as AsyncIterable<Buffer>;
}
