// Slow: starts threads.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createFolder, ledgerPath } from '../../../src/ledger/folder.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { openForWriting } from '../../../src/ledger/open-database.ts';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import type { Mark, TakenRow } from '../../../src/ledger/write/row-register.ts';
import { beginRun } from '../../../src/ledger/write/runs.ts';
import { LedgerWriter } from '../../../src/ledger/write/writer.ts';
import { BrokenRunError } from '../../../src/model/broken-run-error.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { anItem, ok, openLedger } from '../support.ts';

/** A ledger in which every write fails as the statement in the trigger says. */
async function failingLedger(t: TestContext, what: string): Promise<Ledger> {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  using database = new DatabaseSync(ledgerPath(directory));
  database.exec(`CREATE TRIGGER broken BEFORE INSERT ON records BEGIN ${what}; END`);
  return ledger;
}

test('LedgerWriter: writes a record soon, without being asked to', async (t) => {
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
  test(`LedgerWriter: waits in flush and close for the last of ${rows} records`, async (t) => {
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

/** A row of a run, by the number of its record. */
const rowOf = (id: number, mark?: Mark): TakenRow => ({ id, hash: id, occurrence: 1, mark });

async function setUpWriter(t: TestContext) {
  const directory = await temporaryDirectory(t);
  createFolder(directory);
  const database = openForWriting(directory);
  t.after(() => database.close());
  const written: Mark[] = [];
  const run = beginRun(database, [], 0);
  const writer = new LedgerWriter({ directory, run }, (marks) => written.push(...marks));
  return { directory, database, writer, written };
}

for (const expected of [1, 201]) {
  test(`LedgerWriter: tells which new rows are in the ledger, of ${expected} that were expected`, async (t) => {
    const { writer, written } = await setUpWriter(t);
    for (let i = 0; i < expected; i++) writer.expect();
    for (const [id, mark] of [
      [1, 11],
      [2, undefined],
      [3, 'three'],
    ] as const) {
      writer.write(ok(anItem(id)), rowOf(id, mark));
    }
    assert.deepEqual(written, []);
    await writer.flush();
    assert.deepEqual(written, [11, 'three']);
    await writer.flush();
    await writer.close();
    // A second close fails in the same way.
    await writer.close();
    assert.deepEqual(written, [11, 'three']);
  });
}

test('LedgerWriter: does not tell of rows that it could not write', async (t) => {
  const { writer, written, database } = await setUpWriter(t);
  database.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON records BEGIN SELECT raise(ABORT, 'no'); END",
  );
  writer.write(ok(anItem(1)), rowOf(1, 11));
  await assert.rejects(writer.flush(), { name: 'BrokenRunError' });
  assert.deepEqual(written, []);
  await assert.rejects(writer.close(), { name: 'BrokenRunError' });
});

test('LedgerWriter: says in one line why its thread could not begin', async (t) => {
  const directory = join(await temporaryDirectory(t), 'missing');
  const writer = new LedgerWriter({ directory, run: 1 }, () => {});
  for (let i = 0; i < 201; i++) writer.expect();
  await assert.rejects(writer.close(), {
    name: 'BrokenRunError',
    message: /^the ledger \S+ledger\.db cannot be opened[^\n]*$/,
  });
  // Nothing is begun after that.
  writer.expect();
  assert.throws(() => writer.write(ok(anItem(1)), rowOf(1)), { name: 'BrokenRunError' });
});

test('LedgerWriter: notes soon that a row is in the list, without being asked to', async (t) => {
  const { writer, database } = await setUpWriter(t);
  writer.see(1, 7);
  const places = database.prepare('SELECT count(*) AS count FROM places');
  while (places.get()?.count === 0) await setTimeout(10);
  await writer.close();
});

test('LedgerWriter: says from flush, record and close that it cannot write', async (t) => {
  const ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
  ledger.record(ok(anItem(0)));
  const failure = await ledger.flush().catch((error: unknown) => error);
  assert.ok(failure instanceof BrokenRunError);
  assert.match(failure.message, /^the ledger .*ledger\.db cannot be used: no more$/);
  assert.ok(failure.cause instanceof Error);
  assert.throws(() => ledger.record(ok(anItem(1))), failure);
  await assert.rejects(ledger.close('complete'), failure);
});

test('LedgerWriter: ends a pause with the failure', async (t) => {
  const ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
  let pause: Promise<void> | undefined;
  for (let i = 0; pause === undefined; i++) pause = ledger.record(ok(anItem(i)));
  const message = /^the ledger .*ledger\.db cannot be used: no more$/;
  await assert.rejects(pause, { name: 'BrokenRunError', message });
  await assert.rejects(ledger.close('complete'), { name: 'BrokenRunError', message });
});

test('Ledger: after a failure, disposing of it does not fail again', async (t) => {
  await assert.rejects(async () => {
    await using ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
    for (let i = 0; ; i++) await ledger.record(ok(anItem(i)));
  }, BrokenRunError);
});

test('Ledger: a failure while it is disposed of is thrown', async (t) => {
  await assert.rejects(async () => {
    await using ledger = await failingLedger(t, "SELECT raise(ABORT, 'no more')");
    ledger.record(ok(anItem(0)));
  }, BrokenRunError);
});
