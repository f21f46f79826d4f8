// Slow: starts threads.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import { parseWhere } from '../../../src/ledger/read/where.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { anItem, cancelled, ok, refused, runOf } from '../support.ts';

test('LedgerReader: gives groups and hosts that add up', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [
    ok(anItem(0)),
    ok(anItem(1)),
    refused(anItem(2)),
    cancelled(anItem(3, { url: 'https://other.example/' })),
  ]);
  using reader = new LedgerReader(directory);
  assert.deepEqual(
    reader.groups().map(({ status, reason, rows, bytes }) => [status, reason, rows, bytes]),
    [
      ['ok', undefined, 2, 20],
      ['cancelled', 'cancelled', 1, 0],
      ['failed', 'http-503', 1, 0],
    ],
  );
  assert.deepEqual(reader.groups().at(-1)?.example, {
    url: 'https://example.com/files/2.jpg',
    message: '503 No',
  });
  const example = { host: 'example.com', rows: 3, notDone: 1, bytes: 20 };
  const other = { host: 'other.example', rows: 1, notDone: 1, bytes: 0 };
  assert.deepEqual(reader.hosts(10), { top: [example, other], others: 0 });
  assert.deepEqual(reader.hosts(1), { top: [example], others: 1 });
  assert.equal(reader.count(), 4);
  const condition = parseWhere("host = 'example.com' and status = 503");
  assert.deepEqual(
    reader.groups(condition).map(({ status, rows }) => [status, rows]),
    [['failed', 1]],
  );
  assert.deepEqual(reader.hosts(10, condition).top, [{ ...example, rows: 1, bytes: 0 }]);
});

test('LedgerReader: reads more records than it reads at a time', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(
    directory,
    Array.from({ length: 2500 }, (_, i) => ok(anItem(i))),
  );
  using reader = new LedgerReader(directory);
  assert.deepEqual(
    [...reader.records()].map(({ index }) => index),
    Array.from({ length: 2500 }, (_, i) => i),
  );
  assert.equal([...reader.records({ sql: 'idx % 1000 = 7', values: [] })].length, 3);
});

test('LedgerReader: knows where each row stood in the last list that had it', async (t) => {
  const directory = await temporaryDirectory(t);
  const urls = [0, 1, 2, 3].map((i) => `https://example.com/${i}`);
  const run = (list: readonly string[]) =>
    runOf(
      directory,
      list.map((url, index) => ok(anItem(index, { url }))),
    );
  await run(urls);
  await run(['https://example.com/new', ...urls.slice(2), ...urls.slice(0, 1)]);
  using reader = new LedgerReader(directory);
  const places = Array.from(reader.records(), ({ url, seen, index }) => [
    url.slice(20),
    seen,
    index,
  ]);
  assert.deepEqual(places, [
    ['0', 2, 3],
    ['1', 1, 1],
    ['2', 2, 1],
    ['3', 2, 2],
    ['new', 2, 0],
  ]);
  assert.equal(reader.count({ sql: 'seen = ? AND idx < ?', values: [2, 2] }), 2);
});

test('LedgerReader: leaves no file beside the ledger', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0))]);
  {
    using reader = new LedgerReader(directory);
    reader.count();
  }
  const names = await readdir(join(directory, '.flaghoist'));
  assert.deepEqual(
    names.filter((name) => !name.endsWith('.db')),
    [],
  );
});

test('LedgerReader: knows the last command line of each command', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const args of [['get', 'a'], ['get', 'b', '-m', '8'], ['retry', 'c'], []]) {
    await Ledger.open(directory, { arguments: args }).close('complete');
  }
  using reader = new LedgerReader(directory);
  assert.deepEqual(reader.lastArguments('get'), ['b', '-m', '8']);
  assert.equal(reader.lastArguments('flags'), undefined);
});

test('LedgerReader.pickedRecords: reads whole those that are wanted, and asks about each', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(
    directory,
    Array.from({ length: 2500 }, (_, i) => (i === 1200 ? refused(anItem(i)) : ok(anItem(i)))),
  );
  using reader = new LedgerReader(directory);
  const asked: string[] = [];
  const wants = (status: string) => asked.push(status) % 1000 === 1 || status === 'failed';
  const picked = [...reader.pickedRecords({ sql: 'idx >= 100', values: [] }, wants)];
  assert.equal(asked.length, 2400);
  assert.deepEqual(
    picked.map(({ index, status, url }) => [index, status, url.slice(-8)]),
    [
      [100, 'ok'],
      [1100, 'ok'],
      [1200, 'failed'],
      [2100, 'ok'],
    ].map(([index, status]) => [...[index, status, anItem(Number(index)).url.slice(-8)]]),
  );
});

test('LedgerReader.timesOf: has the rows of one run, and lastEnd when the last of them ended', async (t) => {
  const directory = await temporaryDirectory(t);
  const timings = { sent: 1, firstByte: 2, end: 3 };
  const times = { attempts: 1, startedAt: 5_000, elapsed: 7, timings };
  await runOf(directory, [ok(anItem(0)), { ...ok(anItem(1)), ...times }]);
  await runOf(directory, [{ ...ok(anItem(0)), ...times, startedAt: 9_000 }, refused(anItem(2))]);
  using reader = new LedgerReader(directory);
  assert.deepEqual([...reader.timesOf(1)], [{ status: 'ok', bytes: 10, ...times }]);
  assert.deepEqual(
    [...reader.timesOf(2)],
    [
      { status: 'ok', bytes: 10, ...times, startedAt: 9_000 },
      {
        status: 'failed',
        bytes: 0,
        attempts: 4,
        startedAt: undefined,
        elapsed: 0,
        timings: undefined,
      },
    ],
  );
  assert.deepEqual([reader.lastEnd(1), reader.lastEnd(2)], [5_007, 9_007]);
  assert.equal(reader.lastEnd(3), undefined);
});
