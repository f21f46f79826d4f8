import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import type { TestContext } from 'node:test';

type Write = (this: FileHandle, data: Uint8Array) => Promise<void>;

/** A disk under the test's control: every write of a piece to an open file, until the test ends. */
export async function replaceWrites(
  t: TestContext,
  replacement: (data: Uint8Array, write: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await using handle = await open(devNull);
  const prototype: { writeFile: Write } = Object.getPrototypeOf(handle);
  const { writeFile } = prototype;
  t.mock.method(prototype, 'writeFile', function (this: FileHandle, data: Uint8Array) {
    return replacement(data, () => writeFile.call(this, data));
  });
}
