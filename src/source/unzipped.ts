import { pipeline, type Readable } from 'node:stream';

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The chunks of `stream`, gunzipped when its first two bytes say gzip.
 * @throws what reading and gunzipping throw; also when `stream` is destroyed before its end
 */
export async function* unzipped(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  const chunks = buffersOf(stream);
  const head = await headOf(chunks);
  const whole = chained(head, chunks);
  if (head[0] !== GZIP_MAGIC[0] || head[1] !== GZIP_MAGIC[1]) {
    yield* whole;
    return;
  }
  const { createGunzip } = process.getBuiltinModule('node:zlib');
  // What goes wrong is thrown by the loop over the gunzip's output, so the callback has no need
  // of it.
  const gunzip = pipeline(whole, createGunzip(), () => {});
  yield* buffersOf(gunzip);
}

async function* buffersOf(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of stream as AsyncIterable<Buffer | Uint8Array | string>) {
    // A stream of objects, or one that was told to decode, gives others.
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
  }
}

/** The first two bytes and what came with them; fewer when there are no more. */
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
