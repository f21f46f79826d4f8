import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { InlineReader } from '../../../src/ledger/match/inline-reader.ts';
import type { ChunkSource } from '../../../src/ledger/match/lineup.ts';
import { ReaderThread } from '../../../src/ledger/match/reader-thread.ts';
import { openForReading } from '../../../src/ledger/open-database.ts';
import { ledgerPath } from '../../../src/ledger/paths.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { anItem, ok, runOf } from '../support.ts';

const ROWS = 6000;

/** A ledger of 6000 rows, the files of every third there; the second half was at the front last time. */
async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const urls = Array.from({ length: ROWS }, (_, i) => `https://example.com/${i}`);
  const run = (list: readonly string[]) =>
    runOf(
      directory,
      list.map((url, index) =>
        ok(anItem(index, { url }), { path: url.replace(/.*\//, ''), bytes: 1 }),
      ),
    );
  await run(urls);
  await run([...urls.slice(ROWS / 2), ...urls.slice(0, ROWS / 2)]);
  for (let i = 0; i < 100; i += 3) await writeFile(join(directory, `${i}`), '.');
  return { directory, options: { directory, run: 3, firstNew: ROWS + 1 } };
}

/** All that comes, as far as a test may compare it. */
function drain(source: ChunkSource): { ids: number[]; withFile: number[] } {
  const ids: number[] = [];
  const withFile: number[] = [];
  for (let chunk = source.take(); chunk !== 'end'; chunk = source.take()) {
    ids.push(...chunk.ids);
    withFile.push(...chunk.ids.filter((_, at) => chunk.hasFile[at] === 1));
  }
  return { ids, withFile };
}

test('ReaderThread reads what InlineReader reads: all rows, in the order of the last list', async (t) => {
  const { directory, options } = await setUp(t);
  using database = openForReading(directory);
  const expected = drain(new InlineReader(database, options));
  const half = Array.from({ length: ROWS / 2 }, (_, i) => i + 1);
  assert.deepEqual(expected.ids, [...half.map((id) => id + ROWS / 2), ...half]);
  assert.equal(expected.withFile.length, 34);
  await using reader = new ReaderThread(options);
  assert.deepEqual(drain(reader), expected);
  assert.equal(reader.poll(), 'end');
});

test('ReaderThread.seek goes on after a row, whatever was under way', async (t) => {
  const { options } = await setUp(t);
  await using reader = new ReaderThread(options);
  reader.seek(10);
  reader.seek(ROWS - 1);
  const { ids } = drain(reader);
  assert.deepEqual(ids.slice(0, 3), [ROWS, 1, 2]);
  assert.equal(ids.length, ROWS / 2 + 1);
  reader.seek(ROWS / 2 - 1);
  assert.deepEqual(drain(reader).ids, [ROWS / 2]);
});

test('ReaderThread.arrival resolves when there is a chunk', async (t) => {
  const { options } = await setUp(t);
  await using reader = new ReaderThread(options);
  await reader.arrival();
  assert.notEqual(reader.poll(), undefined);
});

test('ReaderThread says that the ledger cannot be read', async (t) => {
  const { directory, options } = await setUp(t);
  {
    using database = new DatabaseSync(ledgerPath(directory));
    database.exec('DROP VIEW rows; DROP TABLE places');
  }
  await using reader = new ReaderThread(options);
  assert.throws(() => reader.take(), {
    name: 'BrokenRunError',
    message: /^the ledger .*ledger\.db cannot be used: no such table: places$/,
  });
});

test('ReaderThread ends while somebody waits for it', async (t) => {
  const { options } = await setUp(t);
  const reader = new ReaderThread(options);
  drain(reader);
  reader.seek(1);
  const arrival = reader.arrival();
  await reader[Symbol.asyncDispose]();
  await arrival;
  assert.equal(reader.poll(), 'end');
});
