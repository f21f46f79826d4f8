import { mapAsCompleted } from '../concurrency/map-as-completed.ts';
import type { EagerIterable } from '../concurrency/pull.ts';
import { Semaphore } from '../concurrency/semaphore.ts';
import type { Item } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Turn } from '../schedule/turns.ts';
import { downloadOne } from './download-one.ts';
import { type Candidate, type Open, Sift } from './sift.ts';
import type { Steps } from './steps.ts';
import type { Stop } from './stop.ts';

/**
 * Files, at most, whose requests are over and that still wait to be saved. Saving holds no permit,
 * so a slow disk leaves the connections busy until this many have piled up; from then on it holds
 * them back, so that memory stays bounded. Measured, 100,000 files: with 8 to 32 they take a twentieth
 * less time than with 64, and a fifth less than with 256: what is under way stays in the cache.
 */
const SAVES_BEHIND = 32;

/**
 * Rows, at most, that wait for their turn or for another try, beside those whose requests are under
 * way. They are what lets a run go on while one origin is down.
 */
const MOST_WAITING = 20_000;

/** What {@link downloadMany} goes by. */
export interface RunOptions {
  /** As many requests as the scheduler lets in at a time. */
  readonly maxRequests: number;
  /** Says whose turn it is. */
  readonly inTurn: (candidates: EagerIterable<Candidate>) => EagerIterable<Turn<Candidate>>;
  /** Cancels what is under way. The items pulled so far still get their outcomes. */
  readonly stop: Stop;
}

/**
 * Takes every item all the way and yields one outcome for each, in the order in which they end.
 * Leaving the loop cancels what is under way and waits for its cleanup.
 */
export function downloadMany(
  items: EagerIterable<Item>,
  steps: Steps,
  { maxRequests, inTurn, stop }: RunOptions,
): AsyncIterableIterator<Outcome, undefined> {
  const run = { ...steps, stop, saves: new Semaphore(SAVES_BEHIND) };
  const limit = maxRequests + SAVES_BEHIND + MOST_WAITING;
  const turns = inTurn(new Sift(items, steps, new Semaphore(limit)));
  return mapAsCompleted(
    turns,
    ({ row, permit, down }) => downloadOne(row as Open, run, permit ?? down),
    {
      // As many as are read: whoever has a permit can go ahead.
      limit,
      maxResults: maxRequests + SAVES_BEHIND,
      shortcut: ({ row }) => (row.origin === undefined ? row.outcome : undefined),
    },
  );
}
