import type { TestContext } from 'node:test';
import { Ledger } from '../../src/ledger/ledger.ts';
import { LedgerReader } from '../../src/ledger/read/ledger-reader.ts';
import type { LedgerRecord } from '../../src/ledger/read/read-record.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import type { Item } from '../../src/model/item.ts';
import { failedOutcome, type Outcome } from '../../src/model/outcome.ts';
import type { Reason } from '../../src/model/reason.ts';

/** An item like those of a list. */
export function anItem(index: number, more: Partial<Item> = {}): Item {
  return { index, url: `https://example.com/files/${index}.jpg`, ...more };
}

/** The outcome of a row that went well. */
export function ok(item: Item, more: Partial<Outcome> = {}): Outcome {
  return { item, status: 'ok', path: `${item.index}.jpg`, bytes: 10, attempts: 1, ...more };
}

/** The outcome of a row that the server answered with an error. */
export function refused(item: Item, httpStatus = 503): Outcome {
  return { ...failedOutcome(item, new HttpStatusError(httpStatus, 'No')), attempts: 4 };
}

/** The outcome of a row that failed, with any word for its reason: an earlier version may have had others. */
export function failed(item: Item, reason: string): Outcome {
  return { item, status: 'failed', reason: reason as Reason, bytes: 0, attempts: 1 };
}

export function skipped(item: Item): Outcome {
  return { item, status: 'skipped', bytes: 0, attempts: 0 };
}

export function cancelled(item: Item): Outcome {
  return { item, status: 'cancelled', reason: 'cancelled', bytes: 0, attempts: 1 };
}

/** A whole run: takes each outcome's row up in turn, records it, and ends. */
export async function runOf(directory: string, outcomes: readonly Outcome[]): Promise<void> {
  const ledger = Ledger.open(directory);
  for (const { item } of outcomes) ledger.take(item);
  for (const outcome of outcomes) await ledger.record(outcome);
  await ledger.close('complete');
}

/** All that is in the ledger. */
export function recordsIn(directory: string): LedgerRecord[] {
  using reader = new LedgerReader(directory);
  return [...reader.records()];
}

/** A ledger that is closed after the test, should that fail. */
export function openLedger(t: TestContext, directory: string): Ledger {
  const ledger = Ledger.open(directory);
  t.after(() => ledger.close('broken').catch(() => undefined));
  return ledger;
}
