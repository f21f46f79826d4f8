import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { foldsCase } from '../../../src/save/files/probe-directory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('foldsCase: finds out whether a file answers to its name in upper case', async (t) => {
  const directory = await temporaryDirectory(t);
  const probe = join(directory, 'probe');
  const folds = await foldsCase(probe);
  assert.deepEqual(await readdir(directory), []);
  // Whatever this machine does: where there is such a file, it does.
  await writeFile(join(directory, 'PROBE'), '');
  if (!folds) assert.equal(await foldsCase(probe), true);
  assert.deepEqual(await readdir(directory), ['PROBE']);
});

test('foldsCase: throws where nothing can be written', async (t) => {
  const missing = join(await temporaryDirectory(t), 'missing');
  await assert.rejects(foldsCase(join(missing, 'probe')), { code: 'ENOENT' });
});
