import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  Directories,
  foldsCase,
  openSaved,
  seemsToFoldCase,
} from '../../../src/save/files/directories.ts';
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

test('seemsToFoldCase: agrees with foldsCase, without a write', async (t) => {
  const directory = await temporaryDirectory(t);
  const folds = await foldsCase(join(directory, 'probe'));
  const run = join(directory, 'Run');
  assert.equal(await seemsToFoldCase(join(run, 'below')), folds);
  assert.deepEqual(await readdir(directory), []);
  for (const made of [run, join(run, '.flaghoist')]) {
    await mkdir(made);
    assert.equal(await seemsToFoldCase(run), folds);
  }
  // Two directories whose names differ in case show that it counts.
  if (!folds) await mkdir(join(run, '.FLAGHOIST'));
  assert.equal(await seemsToFoldCase(run), folds);
});

test('foldsCase: throws for a directory that is not writable', async (t) => {
  const missing = join(await temporaryDirectory(t), 'missing');
  await assert.rejects(foldsCase(join(missing, 'probe')), { code: 'ENOENT' });
});

// Slow: starts processes.

/** What the file at a path says; undefined when it is not opened. */
async function read(directory: string, path: string): Promise<string | undefined> {
  const file = await openSaved(directory, path);
  try {
    return file && (await file.readFile('utf8'));
  } finally {
    await file?.close();
  }
}

async function prepared(t: TestContext) {
  const root = await temporaryDirectory(t);
  const directory = join(root, 'run');
  await mkdir(join(directory, 'sub'), { recursive: true });
  await mkdir(join(directory, '.flaghoist'));
  await writeFile(join(root, 'secret'), 'secret');
  await writeFile(join(directory, 'a'), 'a');
  await writeFile(join(directory, 'sub', 'b'), 'b');
  await writeFile(join(directory, '.flaghoist', 'ledger.db'), 'ours');
  return { root, directory };
}

test('openSaved: opens files of the directory, at any depth', async (t) => {
  const { directory } = await prepared(t);
  assert.equal(await read(directory, 'a'), 'a');
  assert.equal(await read(directory, 'sub/b'), 'b');
});

test('openSaved: the directory itself may be behind a link', async (t) => {
  const { root, directory } = await prepared(t);
  await symlink(directory, join(root, 'link'));
  assert.equal(await read(join(root, 'link'), 'sub/b'), 'b');
});

for (const path of [
  ...['', '.', '..', '../secret', 'sub/../../secret', 'sub/../a', './a', 'sub//b', '/etc/passwd'],
  ...['.flaghoist/ledger.db', '.FLAGHOIST/ledger.db', 'a\0', 'sub', 'missing', 'a/b', '..\\secret'],
]) {
  test(`openSaved: does not open ${JSON.stringify(path)}`, async (t) => {
    const { directory } = await prepared(t);
    assert.equal(await read(directory, path), undefined);
  });
}

test('openSaved: follows no link, neither a file nor a directory on the way', async (t) => {
  const { root, directory } = await prepared(t);
  await symlink(join(root, 'secret'), join(directory, 'file-link'));
  await symlink(join(directory, 'a'), join(directory, 'inner-link'));
  await symlink(root, join(directory, 'directory-link'));
  for (const path of ['file-link', 'inner-link', 'directory-link/secret']) {
    assert.equal(await read(directory, path), undefined, path);
  }
});

test('openSaved: does not wait for a pipe', async (t) => {
  const { directory } = await prepared(t);
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  assert.equal(await read(directory, 'pipe'), undefined);
});
