import { pipeline, type Readable } from 'node:stream';

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The chunks of `stream`, decompressed if its first two bytes are those of gzip.
 * @throws the errors of reading and of decompressing; also if `stream` is destroyed before its end
 */
export async function* gunzip(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  const chunks = buffersOf(stream);
  const head = await headOf(chunks);
  const whole = chained(head, chunks);
  if (head[0] !== GZIP_MAGIC[0] || head[1] !== GZIP_MAGIC[1]) {
    yield* whole;
    return;
  }
  const { createGunzip } = process.getBuiltinModule('node:zlib');
  // The loop over the output throws any error, so the callback can ignore it.
  const output = pipeline(whole, createGunzip(), () => {});
  yield* buffersOf(output);
}

async function* buffersOf(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of stream as AsyncIterable<Buffer | Uint8Array | string>) {
    // A stream in object mode, or with an encoding set, yields other types.
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
  }
}

/** The first two bytes and the rest of their chunk; fewer if the list ends before. */
async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < GZIP_MAGIC.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
}

async function* chained(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}
