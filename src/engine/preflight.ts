import type { Item } from '../model/item.ts';
import { originOf } from '../model/origin-of.ts';
import { failedOutcome, type Outcome, skippedOutcome } from '../model/outcome.ts';
import type { Earlier } from './steps.ts';

/** A row that needs a request. */
export interface PendingRow {
  readonly item: Item;
  readonly origin: string;
  readonly earlier: Earlier | undefined;
  /** When it was read from the list, as `performance.now()` has it. */
  readonly readAt: number;
}

/** A row that ends without a request. */
export interface SettledRow {
  readonly origin: undefined;
  readonly outcome: Outcome;
}

/**
 * Decides whether a row needs a request: one whose file is there already does not, and neither does
 * one that cannot be asked for.
 * @param earlier what earlier runs made of it
 */
export function preflight(item: Item, earlier: Earlier | undefined): PendingRow | SettledRow {
  if (item.problem !== undefined) return settled(failedOutcome(item, item.problem));
  if (earlier !== undefined && earlier.validators === undefined) {
    return settled(skippedOutcome(item, 'already-there', earlier.file));
  }
  try {
    return { item, origin: originOf(item.url), earlier, readAt: performance.now() };
  } catch (error) {
    return settled(failedOutcome(item, error));
  }
}

function settled(outcome: Outcome): SettledRow {
  return { origin: undefined, outcome: { ...outcome, startedAt: Date.now(), elapsed: 0 } };
}
