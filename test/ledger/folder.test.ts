import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { download } from '../../src/download.ts';
import { createFolder, statsOfFile } from '../../src/ledger/folder.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { LedgerReader } from '../../src/ledger/read/ledger-reader.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { anItem, ok, runOf } from './support.ts';

const NAMES = ['ledger.db', 'lock.db'].flatMap((name) =>
  ['', '-wal', '-shm', '-journal'].map((ending) => name + ending),
);

for (const name of NAMES) {
  test(`checkOwnFiles: ${name} as a link is refused, and what it leads to is left alone`, async (t) => {
    const directory = await temporaryDirectory(t);
    const outside = await temporaryDirectory(t);
    await runOf(directory, [ok(anItem(0))]);
    const path = join(directory, '.flaghoist', name);
    for (const [make, target, words] of [
      [symlink, 'there', /is a link: nothing is written through it; remove the link$/],
      [symlink, 'missing', /is a link: nothing is written through it; remove the link$/],
      [link, 'there', /is a file with another name \(a hard link\)/],
    ] as const) {
      await writeFile(join(outside, 'there'), '');
      await rm(path, { force: true });
      await make(join(outside, target), path);
      const refusal = { name: 'BrokenRunError', message: words };
      assert.throws(() => Ledger.open(directory), refusal);
      assert.throws(() => new LedgerReader(directory), refusal);
      assert.deepEqual(await readdir(outside), ['there']);
      assert.equal(await readFile(join(outside, 'there'), 'utf8'), '');
    }
  });
}

test('checkOwnFiles: a link in place of the folder is refused, for reading as well', async (t) => {
  const [directory, other] = [await temporaryDirectory(t), await temporaryDirectory(t)];
  await runOf(other, [ok(anItem(0))]);
  await symlink(join(other, '.flaghoist'), join(directory, '.flaghoist'));
  assert.throws(() => new LedgerReader(directory), {
    name: 'BrokenRunError',
    message: /the ledger's folder .* is a link: nothing is written through it$/,
  });
});

for (const name of ['parts', 'uploads', 'unpublished']) {
  test(`checkOwnFiles: ${name} as a link is refused, and what it leads to is left alone`, async (t) => {
    const [directory, outside] = [await temporaryDirectory(t), await temporaryDirectory(t)];
    await runOf(directory, [ok(anItem(0))]);
    // Files that look like those that a killed run leaves.
    const files = ['00-1.tmp', `${'a'.repeat(64)}.part`, `${randomUUID()}.json`];
    for (const file of files) await writeFile(join(outside, file), '');
    await symlink(outside, join(directory, '.flaghoist', name));
    const rows = ['http://127.0.0.1:1/'];
    await assert.rejects(Array.fromAsync(download(rows, { directory, ledger: true })), {
      name: 'BrokenRunError',
      message: /is a link/,
    });
    assert.deepEqual((await readdir(outside)).sort(), files.toSorted());
  });
}

test('checkOwnFiles: a directory in place of the lock is one line', async (t) => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, '.flaghoist', 'lock.db'), { recursive: true });
  assert.throws(() => Ledger.open(directory), {
    name: 'BrokenRunError',
    message: /lock\.db is no file: move it away, or run with --no-ledger$/,
  });
});

test('createFolder: a link is refused, and nothing is written through it', async (t) => {
  const directory = await temporaryDirectory(t);
  const outside = await temporaryDirectory(t);
  await symlink(outside, join(directory, '.flaghoist'));
  assert.throws(() => createFolder(directory), {
    name: 'BrokenRunError',
    message: /\.flaghoist is a link: nothing is written through it$/,
  });
  assert.deepEqual(await readdir(outside), []);
});

test('statsOfFile: what is there, and nothing for what cannot be', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'a'), 'abc');
  assert.equal(statsOfFile(join(directory, 'a'))?.size, 3);
  assert.equal(statsOfFile(join(directory, 'gone')), undefined);
  assert.equal(statsOfFile(join(directory, 'a', 'b')), undefined);
});
