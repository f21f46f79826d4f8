import assert from 'node:assert/strict';
import { copyFile, mkdir, open, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { finished } from '../cli/run-flaghoist.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { assertResumes, runShell, serveList, startShell } from './machine-run.ts';

/** How a ledger is broken, and what `get` says of it. */
const BREAKS = [
  [
    'is text',
    /is no ledger: not a database; move it away/,
    (path: string) => writeFile(path, 'x'.repeat(9_999)),
  ],
  [
    'is cut short',
    /is damaged; restore it, or move it away/,
    async (path: string) => truncate(path, (await stat(path)).size >> 1),
  ],
  [
    'has a hole',
    /is damaged; restore it, or move it away/,
    async (path: string) => {
      await using file = await open(path, 'r+');
      await file.write(Buffer.alloc(8_192), 0, 8_192, 8_192);
    },
  ],
  [
    'is a directory',
    /is no file: move it away/,
    async (path: string) => {
      await rm(path);
      await mkdir(path);
    },
  ],
  [
    'is of a newer version',
    /is of a newer flaghoist \(version 99, this one knows \d+\); update flaghoist/,
    async (path: string) => {
      using database = new DatabaseSync(path);
      database.exec('PRAGMA user_version = 99');
    },
  ],
] as const;

test('get: a broken ledger is one line and exit code 3, and the files are kept', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 300, size: 100 });
  const directory = join(folder, 'files');
  const get = ['get', '-q', '-d', directory, '-i', wanted.list];
  assert.equal((await runShell(':', ...get)).code, 0);
  const ledger = join(directory, '.flaghoist', 'ledger.db');
  const sound = join(folder, 'sound.db');
  await copyFile(ledger, sound);
  const before = wanted.server.stats.requests;

  for (const [what, line, spoil] of BREAKS) {
    await t.test(`get and status: end with 3 when the ledger ${what}`, async () => {
      await spoil(ledger);
      const { code, stdout, stderr } = await runShell(':', ...get);
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(stderr, /^flaghoist: [^\n]+\n$/);
      assert.match(stderr, line);
      const status = await runShell(':', 'status', directory);
      assert.equal(status.code, 3);
      assert.match(status.stderr, /^flaghoist: the ledger [^\n]+\n$/);
      await rm(ledger, { recursive: true });
      await copyFile(sound, ledger);
    });
  }

  await rename(ledger, join(folder, 'moved-away'));
  assert.equal(await assertResumes(wanted, directory, '--on-collision', 'skip'), 300);
  assert.equal(wanted.server.stats.requests, before, 'a request');
});

test('get: waits for another program that has the ledger, and goes on after it', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 20, size: 100 });
  const directory = join(folder, 'files');
  const get = ['get', '-q', '-d', directory, '-i', wanted.list];
  assert.equal((await runShell(':', ...get)).code, 0);
  const before = wanted.server.stats.requests;
  using other = new DatabaseSync(join(directory, '.flaghoist', 'ledger.db'));
  other.exec('BEGIN EXCLUSIVE');
  const run = finished(startShell(':', ...get));
  // The second run starts in less time, so now it is waiting.
  await setTimeout(1_000);
  other.exec('ROLLBACK');
  const { code, stderr } = await run;
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(wanted.server.stats.requests, before);
  assert.equal(await assertResumes(wanted, directory), 20);
});
