import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { KeyChange } from '../../../src/ledger/match/row-keys.ts';
import { CREATE_TABLES } from '../../../src/ledger/schema.ts';
import { CurrentRun, type RunOptions } from '../../../src/ledger/write/current-run.ts';
import { lastRun } from '../../../src/ledger/write/runs.ts';
import { anItem, ok, refused, skipped } from '../support.ts';

function setUp(t: TestContext, options: RunOptions = {}) {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  database.exec(CREATE_TABLES);
  return { database, run: new CurrentRun(database, options) };
}

test('CurrentRun: counts its rows by how they ended, and what it downloaded', (t) => {
  let time = 1000;
  const { database, run } = setUp(t, {
    arguments: ['get'],
    now: () => time++,
    monotonic: () => 0,
  });
  // What was there already is not of this run.
  const there = { ...skipped(anItem(3)), bytes: 7 };
  for (const outcome of [ok(anItem(0)), ok(anItem(1)), refused(anItem(2)), there]) {
    run.count(outcome);
  }
  run.end('interrupted');
  assert.deepEqual(lastRun(database), {
    id: 1,
    startedAt: 1000,
    endedAt: 1001,
    ending: 'interrupted',
    arguments: ['get'],
    totals: { ok: 2, skipped: 1, 'not-found': 0, failed: 1, cancelled: 0, bytes: 20 },
  });
});

test('CurrentRun.countHeld: rows of an object count with it, and once', (t) => {
  const { database, run } = setUp(t);
  for (const object of ['a.tar', 'b.tar', 'a.tar']) run.hold(ok(anItem(0)), object);
  run.countHeld('a.tar');
  run.countHeld('a.tar');
  run.countHeld('c.tar');
  run.end('complete');
  const { ok: rows, bytes } = lastRun(database)?.totals ?? {};
  assert.deepEqual([rows, bytes], [2, 20]);
});

test('CurrentRun.end: is not before the start, though the clock was set back', (t) => {
  let time = 10_000;
  let elapsed = 100;
  const { database, run } = setUp(t, { now: () => time, monotonic: () => elapsed });
  time = 2_000;
  elapsed += 500.7;
  run.end('complete');
  assert.equal(lastRun(database)?.endedAt, 10_500);
});

test('CurrentRun: has clocks of its own', (t) => {
  const before = Date.now();
  const { database, run } = setUp(t);
  run.end('complete');
  const { startedAt = 0, endedAt = 0, arguments: args } = lastRun(database) ?? {};
  assert.deepEqual(args, []);
  assert.ok(before <= startedAt && startedAt <= endedAt && endedAt <= Date.now(), `${endedAt}`);
});

test('CurrentRun: gives the records of earlier runs its key, and says so', (t) => {
  const { database } = setUp(t);
  database.exec(`INSERT INTO records (id, hash, occurrence, run, url, status, bytes, attempts)
    VALUES (1, 0, 1, 1, 'https://a/1?s=1', 'ok', 1, 1)`);
  const changes: KeyChange[] = [];
  new CurrentRun(database, { key: 'path', onKeyChange: (change) => changes.push(change) });
  assert.deepEqual(changes, [{ from: 'url', to: 'path', rows: 1, done: 0 }]);
  assert.equal(database.prepare('SELECT key FROM records').get()?.key, '/1');
});
