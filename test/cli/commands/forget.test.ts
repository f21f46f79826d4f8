import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryLock } from '../../../src/ledger/open-database.ts';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import { Parts, partKey } from '../../../src/save/files/parts.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeLedger } from '../ledger-directory.ts';
import { runFlaghoist } from '../run-flaghoist.ts';

function rowsIn(directory: string): number {
  using reader = new LedgerReader(directory);
  return reader.count();
}

test('forget: drops the rows that the condition names, and their parts; files stay', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  await writeFile(join(directory, 'a'), 'whole');
  const parts = join(directory, '.flaghoist', 'parts');
  await Parts.open(parts);
  const keys = ['=b', 'd'].map((name) => partKey({ url: `https://example.com/${name}`, name }));
  for (const key of keys) {
    for (const kind of ['part', 'json']) await writeFile(join(parts, `${key}.${kind}`), '');
  }

  const failed = ['--where', 'status = failed'];
  const would = await runFlaghoist('forget', directory, ...failed, '--dry-run');
  assert.deepEqual([would.code, would.stdout], [0, '1 row would be forgotten.\n']);
  assert.deepEqual([rowsIn(directory), (await readdir(parts)).length], [3, 4]);

  const done = await runFlaghoist('forget', directory, ...failed);
  assert.deepEqual([done.code, done.stdout], [0, '1 row forgotten. Files stay as they are.\n']);
  assert.equal(rowsIn(directory), 2);
  assert.deepEqual(await readdir(parts), [`${keys[1]}.json`, `${keys[1]}.part`].sort());

  const all = await runFlaghoist('forget', directory, '--all');
  assert.deepEqual([all.code, all.stdout], [0, '2 rows forgotten. Files stay as they are.\n']);
  assert.equal(rowsIn(directory), 0);
  assert.deepEqual((await readdir(directory)).sort(), ['.flaghoist', 'a']);
});

test('forget: names what it lacks, and leaves a directory alone that a run is using', async (t) => {
  const directory = await temporaryDirectory(t);
  const none = await runFlaghoist('forget', directory, '--all');
  assert.equal(none.code, 3);
  assert.match(none.stderr, /^flaghoist: there is no ledger in /);
  assert.deepEqual(await readdir(directory), []);

  await writeLedger(directory);
  for (const [args, message] of [
    [[], /say which rows with --where CONDITION, or --all/],
    [['--where', 'nonsense = 1'], /--where CONDITION: column 1: no column 'nonsense'/],
    [['--all', '--where', 'status = ok'], /--where and --all exclude each other/],
  ] as const) {
    const { code, stderr } = await runFlaghoist('forget', directory, ...args);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
  using _lock = DirectoryLock.acquire(directory);
  const inUse = await runFlaghoist('forget', directory, '--all');
  assert.equal(inUse.code, 3);
  assert.match(inUse.stderr, /another run is using/);
  assert.equal(rowsIn(directory), 3);
});
