import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import type { TestContext } from 'node:test';

type Write = (
  this: FileHandle,
  data: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<{ bytesWritten: number }>;

/** Replaces every write of a piece to an open file until the test ends, to simulate a slow or full disk. */
export async function replaceWrites(
  t: TestContext,
  replacement: (data: Uint8Array, write: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await using handle = await open(devNull);
  const prototype: { write: Write } = Object.getPrototypeOf(handle);
  const { write } = prototype;
  const replaced: Write = async function (this, data, offset, length, position) {
    const piece = data.subarray(offset, offset + length);
    let bytesWritten = length;
    await replacement(piece, async () => {
      ({ bytesWritten } = await write.call(this, data, offset, length, position));
    });
    return { bytesWritten };
  };
  t.mock.method(prototype, 'write', replaced);
}
