import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasFile } from '../../src/ledger/has-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('hasFile: the file is there, and as long as it was', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'a'), 'abc');
  await mkdir(join(directory, 'sub'));
  assert.equal(hasFile(directory, 'a', 3), true);
  assert.equal(hasFile(directory, 'a', 4), false);
  assert.equal(hasFile(directory, 'gone', 3), false);
  assert.equal(hasFile(directory, 'sub', 3), false);
  assert.equal(hasFile(directory, 'a/b', 3), false);
});
