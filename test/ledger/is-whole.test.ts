import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasFile, isWhole } from '../../src/ledger/is-whole.ts';
import type { PreviousRecord } from '../../src/ledger/record.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const DONE: PreviousRecord = { status: 'ok', run: 1, seen: 1, path: 'a/b.txt', bytes: 5 };

test('isWhole is true only for a row that is done and a file of the right size', async (t) => {
  const directory = await temporaryDirectory(t);
  assert.equal(isWhole(DONE, directory), false, 'no file');
  await mkdir(join(directory, 'a'));
  await writeFile(join(directory, 'a', 'b.txt'), 'hello');
  assert.equal(isWhole(DONE, directory), true);
  assert.equal(isWhole({ ...DONE, status: 'skipped' }, directory), true);
  assert.equal(isWhole({ ...DONE, status: 'failed' }, directory), false, 'not done');
  assert.equal(hasFile({ ...DONE, status: 'failed' }, directory), true);
  assert.equal(isWhole({ ...DONE, bytes: 6 }, directory), false, 'another size');
  assert.equal(isWhole({ ...DONE, path: 'a' }, directory), false, 'a folder');
  assert.equal(isWhole({ ...DONE, path: 'a/b.txt/c' }, directory), false, 'a file as a folder');
  assert.equal(isWhole({ ...DONE, path: undefined }, directory), false, 'no path');
});
