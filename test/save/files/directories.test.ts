import assert from 'node:assert/strict';
import { mkdir, readdir, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Directories, foldsCase } from '../../../src/save/files/directories.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('Directories.ensure: makes a directory and those above it, once', async (t) => {
  const root = await temporaryDirectory(t);
  const directories = new Directories(root);
  assert.equal(directories.ensure(''), undefined);
  await Promise.all([
    directories.ensure('a/b'),
    directories.ensure('a/c'),
    directories.ensure('a'),
  ]);
  assert.deepEqual((await readdir(root, { recursive: true })).sort(), ['a', 'a/b', 'a/c']);
  for (const made of ['a', 'a/b', 'a/c']) assert.equal(directories.ensure(made), undefined);
});

test('Directories.ensure: accepts an existing directory, and refuses a link or a file in its place', async (t) => {
  const root = await temporaryDirectory(t);
  await mkdir(join(root, 'there'));
  await symlink('there', join(root, 'link'));
  await writeFile(join(root, 'file'), '');
  const directories = new Directories(root);
  await directories.ensure('there/below');
  await assert.rejects(async () => directories.ensure('link/below'), /link is a link/);
  await assert.rejects(async () => directories.ensure('file/below'), /file is a file/);
});

test('Directories.ensure: looks again after a failure', async (t) => {
  const root = await temporaryDirectory(t);
  await symlink('nowhere', join(root, 'a'));
  const directories = new Directories(root);
  await assert.rejects(async () => directories.ensure('a'), /is a link/);
  await unlink(join(root, 'a'));
  await directories.ensure('a');
  assert.deepEqual(await readdir(root), ['a']);
});

test('Directories.ensure: remembers only the latest, however many there are', async (t) => {
  const root = await temporaryDirectory(t);
  const directories = new Directories(root, 3);
  for (const name of ['a', 'b', 'c', 'd']) await directories.ensure(name);
  for (const name of ['b', 'c', 'd']) assert.equal(directories.ensure(name), undefined);
  await rmdir(join(root, 'a'));
  await directories.ensure('a');
  assert.deepEqual((await readdir(root)).sort(), ['a', 'b', 'c', 'd']);
});

test('foldsCase: is true if a file is found by its upper-case name', async (t) => {
  const directory = await temporaryDirectory(t);
  const probe = join(directory, 'probe');
  const folds = await foldsCase(probe);
  assert.deepEqual(await readdir(directory), []);
  // On any machine: once there is a file of the upper-case name, it is found.
  await writeFile(join(directory, 'PROBE'), '');
  if (!folds) assert.equal(await foldsCase(probe), true);
  assert.deepEqual(await readdir(directory), ['PROBE']);
});

test('foldsCase: throws for a directory that is not writable', async (t) => {
  const missing = join(await temporaryDirectory(t), 'missing');
  await assert.rejects(foldsCase(join(missing, 'probe')), { code: 'ENOENT' });
});
