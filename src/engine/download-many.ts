import { mapAsCompleted } from '../concurrency/map-as-completed.ts';
import type { Item } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import { downloadOne } from './download-one.ts';
import type { Steps } from './steps.ts';

/**
 * Files, at most, whose requests are over and that still wait to be saved. Saving holds no permit,
 * so a slow disk leaves the connections busy until this many have piled up; from then on it holds
 * them back, so that memory stays bounded.
 */
const SAVES_BEHIND = 64;

/** What {@link downloadMany} goes by. */
export interface RunOptions {
  /** As many requests as the scheduler lets in at a time. */
  readonly maxRequests: number;
  /** Cancels what is under way. The items pulled so far still get their outcomes. */
  readonly stop: AbortSignal;
}

/**
 * Takes every item all the way and yields one outcome for each, in the order in which they end.
 * Leaving the loop cancels what is under way and waits for its cleanup.
 */
export function downloadMany(
  items: Iterable<Item> | AsyncIterable<Item>,
  steps: Steps,
  { maxRequests, stop }: RunOptions,
): AsyncIterableIterator<Outcome, undefined> {
  return mapAsCompleted(items, (item) => downloadOne(item, steps, stop), {
    limit: maxRequests + SAVES_BEHIND,
  });
}
