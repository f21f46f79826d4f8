import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createFolder } from '../../../src/ledger/folder.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { openForWriting } from '../../../src/ledger/open-database.ts';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import { beginRun, endRun, lastRun, unrecordedSince } from '../../../src/ledger/write/runs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('lastRun: none before the first, one under way, and one that is over', async (t) => {
  const directory = await temporaryDirectory(t);
  createFolder(directory);
  const database = openForWriting(directory);
  t.after(() => database.close());
  assert.equal(lastRun(database), undefined);
  const id = beginRun(database, ['get', 'x'], 99.6);
  const underWay = { id, startedAt: 100, arguments: ['get', 'x'] };
  const nothing = { endedAt: undefined, ending: undefined, totals: undefined };
  assert.deepEqual(lastRun(database), { ...underWay, ...nothing });
  const totals = {
    ok: 1,
    skipped: 20,
    'not-found': 300,
    failed: 4_000,
    cancelled: 50_000,
    bytes: 7,
  };
  endRun(database, { id, ending: 'interrupted', totals, now: 200.4 });
  assert.deepEqual(lastRun(database), {
    ...underWay,
    endedAt: 200,
    ending: 'interrupted',
    totals,
  });
  // As other readers of the table see it.
  assert.equal(database.prepare('SELECT total FROM runs').get()?.total, 54_321);
});

const TOTALS = { ok: 0, skipped: 0, 'not-found': 0, failed: 0, cancelled: 0, bytes: 0 };

test('unrecordedSince: the start of the first run that was killed or broke, not of the present one', async (t) => {
  const directory = await temporaryDirectory(t);
  createFolder(directory);
  const database = openForWriting(directory);
  t.after(() => database.close());
  const begin = (now: number) => beginRun(database, [], now);
  const end = (id: number, ending: 'complete' | 'broken') =>
    endRun(database, { id, ending, totals: TOTALS, now: 0 });

  const complete = begin(100);
  assert.equal(unrecordedSince(database, complete), Number.POSITIVE_INFINITY);
  end(complete, 'complete');
  const broken = begin(200);
  end(broken, 'broken');
  begin(300); // killed
  assert.equal(unrecordedSince(database, begin(400)), 200);
});

test('loadsOf: the loads of one run, in the order of time', async (t) => {
  const directory = await temporaryDirectory(t);
  let now = 1_000;
  for (const loads of [
    [[1, 5]],
    [
      [2, 6],
      [3, 8],
    ],
  ] as const) {
    const ledger = Ledger.open(directory, { now: () => now });
    for (const [inFlight, allowed] of loads) {
      ledger.load(inFlight, allowed);
      now += 1_000.4;
    }
    await ledger.close('complete');
  }
  using reader = new LedgerReader(directory);
  assert.deepEqual(reader.loads(1), [{ at: 1_000, inFlight: 1, allowed: 5 }]);
  assert.deepEqual(reader.loads(2), [
    { at: 2_000, inFlight: 2, allowed: 6 },
    { at: 3_001, inFlight: 3, allowed: 8 },
  ]);
  assert.deepEqual(reader.loads(3), []);
});

test('loadsOf: a load is written soon, without being asked to', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  t.after(() => ledger.close('complete'));
  ledger.load(1, 5);
  using reader = new LedgerReader(directory);
  // As long as it takes; the test's own deadline is the limit.
  while (reader.loads(1).length === 0) await setTimeout(10);
});
