import type { ChangedHereError } from '../model/file-errors.ts';
import type { Item } from '../model/item.ts';
import { originOf } from '../model/origin-of.ts';
import {
  changedOutcome,
  failedOutcome,
  type Outcome,
  skippedBy,
  skippedOutcome,
} from '../model/outcome.ts';
import type { Validators } from '../model/response.ts';
import type { SavedFile } from '../save/sinks/sink.ts';

/** The file that an earlier run has saved for an item. */
export interface Earlier {
  readonly file: SavedFile;
  /** Whether the row asks for another name than the file has: then it is copied. */
  readonly isElsewhere?: boolean | undefined;
  /** The file was changed here, and must stay as it is. */
  readonly changed?: ChangedHereError | undefined;
  /** Compares the file's contents with the record: its size and times leave open what it is. */
  readonly examine?: (() => Promise<Earlier | undefined>) | undefined;
  /** With these, the server is asked whether it has a newer file; without, the file is kept. */
  readonly validators?: Validators | undefined;
}

/**
 * Copies a file of an earlier run to the name that its row has now.
 * @returns undefined when the file is not what was saved
 */
export type CopySaved = (item: Item, file: SavedFile) => Promise<SavedFile | undefined>;

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
  const outcome = earlier === undefined ? undefined : outcomeOfEarlier(item, earlier);
  if (outcome !== undefined) return settled(outcome);
  try {
    const { url, mirrors } = item;
    return { item, origin: originOf(url), mirrors, earlier, readAt: performance.now() };
  } catch (error) {
    return settled(failedOutcome(item, error));
  }
}

/** How a row ends by what is there of an earlier run. @returns undefined if that is not settled yet */
export function outcomeOfEarlier(item: Item, earlier: Earlier): Outcome | undefined {
  const { file, changed, examine, validators } = earlier;
  if (changed !== undefined) return changedOutcome(item, changed);
  if (examine !== undefined || validators !== undefined) return undefined;
  return skippedOutcome(item, 'already-there', file);
}

/**
 * Copies the file of an earlier run to the name that its row has now. The row needs a request when
 * the file is not what was saved.
 */
export async function copied(
  item: Item,
  file: SavedFile,
  copy: CopySaved | undefined,
): Promise<PendingRow | SettledRow> {
  try {
    const saved = await copy?.(item, file);
    if (saved === undefined) return preflight(item, undefined);
    return settled({ ...skippedOutcome(item, 'copied', saved), note: `copied from ${file.path}` });
  } catch (error) {
    return settled(skippedBy(item, error) ?? failedOutcome(item, error));
  }
}

/** The row ends with this outcome now. */
export function settled(outcome: Outcome): SettledRow {
  return { origin: undefined, outcome: { ...outcome, startedAt: Date.now(), elapsed: 0 } };
}
