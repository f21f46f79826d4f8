import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Ledger } from '../../src/ledger/ledger.ts';
import { ledgerPath } from '../../src/ledger/paths.ts';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { anItem, ok } from './support.ts';

/** A ledger in which every write fails as the statement in the trigger says. */
async function failingLedger(t: TestContext, what: string): Promise<Ledger> {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  using database = new DatabaseSync(ledgerPath(directory));
  database.exec(`CREATE TRIGGER broken BEFORE INSERT ON records BEGIN ${what}; END`);
  return ledger;
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
