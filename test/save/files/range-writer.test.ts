import assert from 'node:assert/strict';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RangeWriters } from '../../../src/save/files/range-writer.ts';
import { replaceWrites } from '../../support/disk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function setUp(t: TestContext) {
  const path = join(await temporaryDirectory(t), 'a.part');
  let file: Promise<FileHandle> | undefined;
  let advances = 0;
  const ranges = new RangeWriters({
    open: () => {
      file ??= open(path, 'wx');
      return file;
    },
    advanced: async () => {
      advances++;
    },
  });
  t.after(async () => (await file)?.close());
  return { path, ranges, advances: () => advances, isOpen: () => file !== undefined };
}

test('RangeWriters: each range is written at its position', async (t) => {
  const { path, ranges, advances } = await setUp(t);
  const [late, early] = [ranges.at(4), ranges.at(1)];
  late.write(Buffer.from('late'));
  early.write(Buffer.from('be'));
  early.write(Buffer.from('f'));
  await Promise.all([late.finish(), early.finish()]);
  assert.equal(await readFile(path, 'latin1'), '\0beflate');
  assert.deepEqual([ranges.end, advances()], [8, 2]);
});

test('RangeWriters: a few bytes are buffered, and written with the next ones', async (t) => {
  const { ranges, isOpen } = await setUp(t);
  const range = ranges.at(10);
  assert.equal(range.write(Buffer.alloc(90_000)), undefined);
  assert.equal(isOpen(), false);
  await range.write(Buffer.alloc(90_000));
  assert.equal(range.end, 180_010);
});

test('RangeWriters: an empty range opens no file', async (t) => {
  const { ranges, advances, isOpen } = await setUp(t);
  await ranges.at(10).finish();
  assert.deepEqual([isOpen(), advances()], [false, 0]);
});

test('RangeWriters.contiguousFrom: extends up to the first gap', async (t) => {
  const { ranges } = await setUp(t);
  for (const [start, bytes] of [
    [30, 10],
    [10, 10],
    [20, 5],
    [24, 6],
    [50, 10],
  ] as const) {
    const range = ranges.at(start);
    range.write(Buffer.alloc(bytes));
    await range.finish();
  }
  assert.equal(ranges.contiguousFrom(9), 9);
  assert.equal(ranges.contiguousFrom(10), 40);
  assert.equal(ranges.contiguousFrom(45), 45);
  assert.equal(ranges.contiguousFrom(50), 60);
  assert.equal(ranges.contiguousFrom(100), 100);
});

test('RangeWriters.contiguousFrom: counts no bytes that are buffered or being written', async (t) => {
  const { ranges } = await setUp(t);
  const disk = Promise.withResolvers<void>();
  await replaceWrites(t, async (_, write) => {
    await disk.promise;
    await write();
  });
  const range = ranges.at(0);
  const written = range.write(Buffer.alloc(100_000));
  assert.equal(ranges.contiguousFrom(0), 0);
  disk.resolve();
  await written;
  range.write(Buffer.alloc(5));
  assert.equal(ranges.contiguousFrom(0), 100_000);
  await ranges.settle();
  assert.equal(ranges.contiguousFrom(0), 100_005);
});

test('RangeWriters: a failed write rejects, and its bytes do not count', async (t) => {
  const { ranges } = await setUp(t);
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  await replaceWrites(t, () => Promise.reject(full));
  const range = ranges.at(0);
  await assert.rejects(range.write(Buffer.alloc(100_000)) ?? Promise.resolve(), full);
  await assert.rejects(range.finish(), full);
  await ranges.settle();
  assert.equal(ranges.contiguousFrom(0), 0);
});
