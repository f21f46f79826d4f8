import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { areBlocksLeft } from '../../../src/save/files/body-memory.ts';
import { BodyStore } from '../../../src/save/files/body-store.ts';
import { TemporaryFile } from '../../../src/save/files/staging-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BIG } from './drafts.ts';

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
