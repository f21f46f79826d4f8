import assert from 'node:assert/strict';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Stretches } from '../../../src/save/files/stretches.ts';
import { replaceWrites } from '../../support/disk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function setUp(t: TestContext) {
  const path = join(await temporaryDirectory(t), 'a.part');
  let file: Promise<FileHandle> | undefined;
  let advances = 0;
  const stretches = new Stretches({
    open: () => {
      file ??= open(path, 'wx');
      return file;
    },
    advanced: async () => {
      advances++;
    },
  });
  t.after(async () => (await file)?.close());
  return { path, stretches, advances: () => advances, isOpen: () => file !== undefined };
}

test('Stretches: each is written where it belongs', async (t) => {
  const { path, stretches, advances } = await setUp(t);
  const [late, early] = [stretches.at(4), stretches.at(1)];
  late.write(Buffer.from('late'));
  early.write(Buffer.from('be'));
  early.write(Buffer.from('f'));
  await Promise.all([late.finish(), early.finish()]);
  assert.equal(await readFile(path, 'latin1'), '\0beflate');
  assert.deepEqual([stretches.end, advances()], [8, 2]);
});

test('Stretches: a little is held, and written with what comes next', async (t) => {
  const { stretches, isOpen } = await setUp(t);
  const stretch = stretches.at(10);
  assert.equal(stretch.write(Buffer.alloc(90_000)), undefined);
  assert.equal(isOpen(), false);
  await stretch.write(Buffer.alloc(90_000));
  assert.equal(stretch.end, 180_010);
});

test('Stretches: one that nothing comes of opens no file, and tells nobody', async (t) => {
  const { stretches, advances, isOpen } = await setUp(t);
  await stretches.at(10).finish();
  assert.deepEqual([isOpen(), advances()], [false, 0]);
});

test('contiguousFrom: goes on through what follows, up to the first gap', async (t) => {
  const { stretches } = await setUp(t);
  for (const [start, bytes] of [
    [30, 10],
    [10, 10],
    [20, 5],
    [24, 6],
    [50, 10],
  ] as const) {
    const stretch = stretches.at(start);
    stretch.write(Buffer.alloc(bytes));
    await stretch.finish();
  }
  assert.equal(stretches.contiguousFrom(9), 9);
  assert.equal(stretches.contiguousFrom(10), 40);
  assert.equal(stretches.contiguousFrom(45), 45);
  assert.equal(stretches.contiguousFrom(50), 60);
  assert.equal(stretches.contiguousFrom(100), 100);
});

test('contiguousFrom: what is held, or on its way, is not there', async (t) => {
  const { stretches } = await setUp(t);
  const disk = Promise.withResolvers<void>();
  await replaceWrites(t, async (_, write) => {
    await disk.promise;
    await write();
  });
  const stretch = stretches.at(0);
  const written = stretch.write(Buffer.alloc(100_000));
  assert.equal(stretches.contiguousFrom(0), 0);
  disk.resolve();
  await written;
  stretch.write(Buffer.alloc(5));
  assert.equal(stretches.contiguousFrom(0), 100_000);
  await stretches.settle();
  assert.equal(stretches.contiguousFrom(0), 100_005);
});

test('Stretches: a write that fails is told to who wrote, and nothing of it counts', async (t) => {
  const { stretches } = await setUp(t);
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  await replaceWrites(t, () => Promise.reject(full));
  const stretch = stretches.at(0);
  await assert.rejects(stretch.write(Buffer.alloc(100_000)) ?? Promise.resolve(), full);
  await assert.rejects(stretch.finish(), full);
  await stretches.settle();
  assert.equal(stretches.contiguousFrom(0), 0);
});
