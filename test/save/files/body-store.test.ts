import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { areBlocksLeft } from '../../../src/save/files/body-memory.ts';
import { BodyStore } from '../../../src/save/files/body-store.ts';
import { PartFile } from '../../../src/save/files/part-file.ts';
import { TemporaryFile } from '../../../src/save/files/staging-file.ts';
import { replaceWrites } from '../../support/disk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BIG, failure } from './drafts.ts';

test('BodyStore.remove: gives back the memory of what is not written', async (t) => {
  const directory = await temporaryDirectory(t);
  const stores = Array.from(
    { length: 40 },
    (_, i) => new BodyStore(() => new TemporaryFile(join(directory, `${i}`)), []),
  );
  for (const store of stores) {
    await store.push(BIG);
    // Less than is worth a write of its own.
    store.push(Buffer.alloc(1000));
  }
  assert.equal(areBlocksLeft(), false);
  for (const store of stores) await store.remove();
  assert.equal(areBlocksLeft(), true);
  assert.deepEqual(await readdir(directory), []);
});

test('BodyStore.keep: closes the part when its last bytes cannot be written, and keeps what was', async (t) => {
  const directory = await temporaryDirectory(t);
  const ends: boolean[] = [];
  const part = new PartFile(join(directory, 'a'), 'http://h/', (isLeft) => ends.push(isLeft));
  const open = t.mock.method(part, 'open');
  const store = new BodyStore(() => part, []);
  store.clear({ etag: '"1"' });
  await store.push(BIG);
  store.push(Buffer.alloc(1000));
  await replaceWrites(t, () => Promise.reject(failure('ENOSPC')));
  await assert.rejects(store.keep(), { code: 'ENOSPC' });
  const [file] = await Promise.all(open.mock.calls.map(({ result }) => result));
  // Node ends the process when a file that was left open is collected.
  assert.equal(file?.fd, -1);
  assert.deepEqual(ends, [true]);
  assert.deepEqual(await readFile(join(directory, 'a.part')), BIG);
});
