import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { WatchedFile } from '../../../src/fetch/dns/watched-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function setUp(t: TestContext) {
  const path = join(await temporaryDirectory(t), 'file');
  let time = 0;
  let parsed = 0;
  const file = new WatchedFile(
    path,
    (text) => {
      parsed++;
      return { text };
    },
    () => time,
  );
  return { path, file, parsed: () => parsed, elapse: (ms: number) => (time += ms) };
}

test('WatchedFile: is read once as long as it does not change', async (t) => {
  const { path, file, parsed, elapse } = await setUp(t);
  await writeFile(path, 'a');
  const { value } = file;
  assert.equal(value.text, 'a');
  elapse(10_000);
  assert.equal(file.value, value);
  assert.equal(parsed(), 1);
});

test('WatchedFile: a change is seen within a second', async (t) => {
  const { path, file, elapse } = await setUp(t);
  await writeFile(path, 'a');
  assert.equal(file.value.text, 'a');
  await writeFile(path, 'bb');
  elapse(999);
  assert.equal(file.value.text, 'a');
  elapse(1);
  assert.equal(file.value.text, 'bb');
});

test('WatchedFile: one that is missing is empty, until it is there', async (t) => {
  const { path, file, elapse } = await setUp(t);
  assert.equal(file.value.text, '');
  await writeFile(path, 'a');
  elapse(1_000);
  assert.equal(file.value.text, 'a');
  await rm(path);
  elapse(1_000);
  assert.equal(file.value.text, '');
});
