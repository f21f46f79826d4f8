import assert from 'node:assert/strict';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BufferedWriter, writeAllAt, writeAt } from '../../../src/save/files/buffered-writer.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const PIECES = ['one', 'two, ', 'three'].map((text) => Buffer.from(text));

/** A file whose writes take no more than so many bytes at a time. */
async function fileTaking(
  t: TestContext,
  most: number,
): Promise<{ path: string; file: FileHandle }> {
  const path = join(await temporaryDirectory(t), 'a');
  const file = await open(path, 'wx');
  t.after(() => file.close());
  const write = file.write.bind(file) as (
    data: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ bytesWritten: number }>;
  t.mock.method(
    file,
    'write',
    (data: Uint8Array, offset: number, length: number, position: number) =>
      write(data, offset, Math.min(most, length), position),
  );
  t.mock.method(file, 'writev', async (pieces: readonly Uint8Array[], position: number) => {
    const { bytesWritten } = await write(
      Buffer.concat(pieces).subarray(0, most),
      0,
      most,
      position,
    );
    return { bytesWritten };
  });
  return { path, file };
}

for (const most of [1, 4, 100]) {
  test(`writeAt: writes all of it, ${most} bytes at a time`, async (t) => {
    const { path, file } = await fileTaking(t, most);
    await writeAt(file, Buffer.from('all of it'), 2);
    assert.equal(await readFile(path, 'latin1'), '\0\0all of it');
  });
}

for (const most of [1, 3, 4, 8, 12, 13]) {
  test(`writeAllAt: writes the pieces one after another, ${most} bytes at a time`, async (t) => {
    const { path, file } = await fileTaking(t, most);
    await writeAllAt(file, PIECES, 1);
    await writeAllAt(file, [Buffer.from('.')], 14);
    assert.equal(await readFile(path, 'latin1'), '\0onetwo, three.');
  });
}

test('BufferedWriter: bytes that arrive during a write are written after it', async () => {
  const disk = Promise.withResolvers<void>();
  const writes: string[] = [];
  const writer = new BufferedWriter(3, async () => {
    while (writer.size > 0) {
      writes.push(String(Buffer.concat(writer.take().pieces)));
      await disk.promise;
    }
  });
  assert.equal(writer.push(Buffer.from('abc')), undefined);
  const first = writer.push(Buffer.from('d'));
  writer.push(Buffer.from('efghij'));
  assert.equal(writer.writing, first);
  assert.deepEqual(writes, ['abcd']);
  disk.resolve();
  await writer.flush();
  assert.deepEqual([writes, writer.writing, writer.size], [['abcd', 'efghij'], undefined, 0]);
});

test('BufferedWriter: a failed write is reported by later calls, until clear()', async () => {
  const full = new Error('no space');
  const failures = [full];
  const writer = new BufferedWriter(0, async () => {
    writer.take();
    for (const failure of failures.splice(0)) throw failure;
  });
  await assert.rejects(writer.push(Buffer.from('a')) ?? Promise.resolve(), full);
  assert.equal(writer.hasFailed, true);
  await assert.rejects(writer.push(Buffer.from('b')) ?? Promise.resolve(), full);
  await assert.rejects(writer.flush(), full);
  writer.clear();
  assert.deepEqual([writer.hasFailed, writer.writing, writer.size], [false, undefined, 0]);
  await writer.push(Buffer.from('c'));
  await writer.flush();
});
