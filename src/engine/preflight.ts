import type { Item } from '../model/item.ts';
import { originOf } from '../model/origin-of.ts';
import { failedOutcome, type Outcome, skippedOutcome } from '../model/outcome.ts';
import type { Validators } from '../model/response.ts';
import type { SavedFile } from '../save/sinks/sink.ts';

/** The file that an earlier run has saved for an item. */
export interface Earlier {
  /** The file, which is still there and has not changed. */
  readonly file: SavedFile;
  /** Whether the row asks for another name than the file has: then it is copied. */
  readonly isElsewhere?: boolean | undefined;
  /** With these, the server is asked whether it has a newer file; without, the file is kept. */
  readonly validators?: Validators | undefined;
}

/** A row that needs a request. */
export interface PendingRow {
  readonly item: Item;
  readonly origin: string;
  readonly mirrors?: Item['mirrors'];
  readonly earlier: Earlier | undefined;
  /** When the row was read from the list, by `performance.now()`. */
  readonly readAt: number;
}

/** A row that ends without a request. */
export interface SettledRow {
  readonly origin: undefined;
  readonly outcome: Outcome;
}

/**
 * Decides whether a row needs a request. It does not if its file is there already, or if it cannot be
 * requested.
 * @param earlier its file of an earlier run
 */
export function preflight(item: Item, earlier: Earlier | undefined): PendingRow | SettledRow {
  if (item.problem !== undefined) return settled(failedOutcome(item, item.problem));
  if (earlier !== undefined && earlier.validators === undefined) {
    return settled(skippedOutcome(item, 'already-there', earlier.file));
  }
  try {
    const { url, mirrors } = item;
    return { item, origin: originOf(url), mirrors, earlier, readAt: performance.now() };
  } catch (error) {
    return settled(failedOutcome(item, error));
  }
}

/** The row ends with this outcome now. */
export function settled(outcome: Outcome): SettledRow {
  return { origin: undefined, outcome: { ...outcome, startedAt: Date.now(), elapsed: 0 } };
}
