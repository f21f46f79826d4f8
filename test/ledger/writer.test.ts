import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Ledger } from '../../src/ledger/ledger.ts';
import { LedgerReader } from '../../src/ledger/ledger-reader.ts';
import { ledgerPath } from '../../src/ledger/paths.ts';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { anItem, ok, openLedger } from './support.ts';

/** A ledger in which every write fails as the statement in the trigger says. */
async function failingLedger(t: TestContext, what: string): Promise<Ledger> {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  using database = new DatabaseSync(ledgerPath(directory));
  database.exec(`CREATE TRIGGER broken BEFORE INSERT ON records BEGIN ${what}; END`);
  return ledger;
}

test('LedgerWriter writes a record soon, without being asked to', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = openLedger(t, directory);
  ledger.take(anItem(0));
  await ledger.flush();
  ledger.record(ok(anItem(0)));
  using reader = new LedgerReader(directory);
  // As long as it takes; the test's own deadline is the limit.
  while (reader.count() === 0) await setTimeout(10);
  await ledger.close('complete');
});

for (const rows of [10, 1_000]) {
  test(`LedgerWriter waits in flush and close for the last of ${rows} records`, async (t) => {
    const directory = await temporaryDirectory(t);
    const ledger = openLedger(t, directory);
    const items = Array.from({ length: rows }, (_, index) => anItem(index));
    for (const item of items) ledger.take(item);
    for (const item of items.slice(1)) ledger.record(ok(item));
    await ledger.flush();
    using reader = new LedgerReader(directory);
    assert.equal(reader.count(), rows - 1);
    ledger.record(ok(anItem(0)));
    await ledger.close('complete');
    assert.equal(reader.count(), rows);
    assert.equal(reader.lastRun?.totals?.ok, rows);
  });
}

test('LedgerWriter says from flush, record and close that it cannot write', async (t) => {
  const ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
  ledger.record(ok(anItem(0)));
  const failure = await ledger.flush().catch((error: unknown) => error);
  assert.ok(failure instanceof BrokenRunError);
  assert.match(failure.message, /^the ledger .*ledger\.db cannot be used: no more$/);
  assert.ok(failure.cause instanceof Error);
  assert.throws(() => ledger.record(ok(anItem(1))), failure);
  await assert.rejects(ledger.close('complete'), failure);
});

test('LedgerWriter ends a pause with the failure', async (t) => {
  const ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
  let pause: Promise<void> | undefined;
  for (let i = 0; pause === undefined; i++) pause = ledger.record(ok(anItem(i)));
  const message = /^the ledger .*ledger\.db cannot be used: no more$/;
  await assert.rejects(pause, { name: 'BrokenRunError', message });
  await assert.rejects(ledger.close('complete'), { name: 'BrokenRunError', message });
});

test('a ledger that has failed is disposed of without failing again', async (t) => {
  await assert.rejects(async () => {
    await using ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
    for (let i = 0; ; i++) await ledger.record(ok(anItem(i)));
  }, BrokenRunError);
});

test('a ledger that fails while it is disposed of says so', async (t) => {
  await assert.rejects(async () => {
    await using ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
    ledger.record(ok(anItem(0)));
  }, BrokenRunError);
});
