// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openSaved } from '../../../src/save/files/open-saved.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

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
