import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('loads are kept for each run, in the order of time', async (t) => {
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

test('loads are written soon, without being asked to', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  t.after(() => ledger.close('complete'));
  ledger.load(1, 5);
  using reader = new LedgerReader(directory);
  // As long as it takes; the test's own deadline is the limit.
  while (reader.loads(1).length === 0) await setTimeout(10);
});
