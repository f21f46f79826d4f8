import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { WatchedFile } from '../../../src/fetch/dns/watched-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function open(t: TestContext, text?: string) {
  const path = join(await temporaryDirectory(t), 'file');
  if (text !== undefined) await writeFile(path, text);
  let time = 0;
  let parsed = 0;
  const parse = (contents: string) => ({ contents, nth: ++parsed });
  const file = new WatchedFile(path, parse, () => time);
  const elapse = (ms: number) => {
    time += ms;
  };
  return { path, file, elapse, parsed: () => parsed };
}

test('WatchedFile: reads a changed file again within a second', async (t) => {
  const { path, file, elapse, parsed } = await open(t, 'one');
  assert.equal(file.value.contents, 'one');
  await writeFile(path, 'other');
  elapse(999);
  assert.equal(file.value.contents, 'one');
  elapse(1);
  assert.equal(file.value.contents, 'other');
  assert.equal(parsed(), 2);
});

test('WatchedFile: returns the same value for an unchanged file', async (t) => {
  const { file, elapse, parsed } = await open(t, 'one');
  const before = file.value;
  elapse(10_000);
  assert.equal(file.value, before);
  assert.equal(parsed(), 1);
});

test('WatchedFile: notices a file that replaces it', async (t) => {
  const { path, file, elapse } = await open(t, 'one');
  assert.equal(file.value.contents, 'one');
  await writeFile(`${path}.new`, 'two');
  await rename(`${path}.new`, path);
  elapse(1_000);
  assert.equal(file.value.contents, 'two');
});

test('WatchedFile: a missing file is empty until it exists', async (t) => {
  const { path, file, elapse } = await open(t);
  assert.equal(file.value.contents, '');
  await writeFile(path, 'one');
  elapse(1_000);
  assert.equal(file.value.contents, 'one');
  await rm(path);
  elapse(1_000);
  assert.equal(file.value.contents, '');
});

test('WatchedFile: keeps its value while the file cannot be read', async (t) => {
  const { path, file, elapse } = await open(t, 'one');
  assert.equal(file.value.contents, 'one');
  await rm(path);
  await mkdir(path);
  elapse(1_000);
  assert.equal(file.value.contents, 'one');
  await rm(path, { recursive: true });
  await writeFile(path, 'two');
  elapse(1_000);
  assert.equal(file.value.contents, 'two');
});

test('WatchedFile: a file that cannot be read is empty', async (t) => {
  const { path, file } = await open(t);
  await mkdir(path);
  assert.equal(file.value.contents, '');
  const below = new WatchedFile(join(path, '../file/x/y'), String, () => 0);
  assert.equal(below.value, '');
});
