import assert from 'node:assert/strict';
import { stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDirectories } from '../../src/storage/make-directories.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('makeDirectories: makes what is missing, and leaves what is there', async (t) => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'a/b/c');
  await Promise.all([path, `${path}/`, join(directory, 'a/b/d')].map(makeDirectories));
  await makeDirectories(path);
  assert.ok((await stat(path)).isDirectory());
  await symlink(join(directory, 'a'), join(directory, 'link'));
  await makeDirectories(join(directory, 'link/e'));
  assert.ok((await stat(join(directory, 'a/e'))).isDirectory());
});

test('makeDirectories: a file in the way is an error', async (t) => {
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, '');
  await assert.rejects(makeDirectories(file), { code: 'EEXIST', path: file });
  await assert.rejects(makeDirectories(join(file, 'a/b')), { code: 'EEXIST', path: file });
});

test('makeDirectories: ends where the file system says of a new directory that it does not exist', {
  skip: process.platform !== 'linux' && 'needs /proc',
}, async () => {
  await assert.rejects(makeDirectories('/proc/xx/a'), { code: 'ENOENT', path: '/proc/xx' });
});
