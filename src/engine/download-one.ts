import { messageOf, OriginDownError } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import {
  cancelledOutcome,
  failedOutcome,
  type Outcome,
  okOutcome,
  skippedOutcome,
} from '../model/outcome.ts';
import { type Reason, reasonOf } from '../model/reason.ts';
import { isWorthRetrying } from '../model/worth-retrying.ts';
import type { Draft } from '../save/sinks/sink.ts';
import type { Admission } from '../schedule/origin-queue.ts';
import type { PendingRow } from './preflight.ts';
import { RowRequests } from './row-requests.ts';
import type { Earlier, Run } from './steps.ts';
import { isCancelled } from './stop.ts';

/**
 * Takes one item all the way: given a place, fetched, saved, recorded. A stop of the run ends the
 * request under way and the waits between two, as does the cancellation of the task; a body that has
 * come whole is still saved.
 *
 * @param first for the first request: a permit, or why its origin is not asked any more; undefined when
 *   the run is being stopped
 * @returns the item's outcome, failure included
 * @throws what {@link Steps.record} throws, and nothing else: it is about the run
 */
export async function downloadOne(
  row: PendingRow,
  run: Run,
  first: Admission | undefined,
): Promise<Outcome> {
  const startedAt = Date.now();
  const begun = performance.now();
  const requests = new RowRequests(row.item, run);
  const task = run.stop.enter();
  let ended: Outcome;
  try {
    ended = await end(row, run, requests, { first, begun });
  } finally {
    if (!(first instanceof OriginDownError)) first?.release();
    run.stop.leave(task);
  }
  const outcome = {
    ...ended,
    attempts: requests.sent,
    queued: begun - row.readAt,
    startedAt,
    elapsed: performance.now() - begun,
  };
  const recording = run.record?.(outcome);
  if (recording !== undefined) await recording;
  return outcome;
}

async function end(
  { item, earlier }: PendingRow,
  run: Run,
  requests: RowRequests,
  { first, begun }: { readonly first: Admission | undefined; readonly begun: number },
): Promise<Outcome> {
  if (first === undefined || run.stop.requested) return cancelledOutcome(item);
  let draft: Draft | undefined;
  try {
    const opened = run.sink.open(item);
    draft = opened instanceof Promise ? await opened : opened;
    const whole = await requests.untilWhole(draft, earlier?.validators, first);
    return okOutcome(item, whole, requests.sentAt - begun);
  } catch (error) {
    const stopped = isCancelled(error);
    const cause = await discard(draft, error, stopped);
    if (stopped) return cancelledOutcome(item);
    return endedBy(item, error, earlier) ?? failedOutcome(item, cause);
  }
}

/** What only looks like a failure. @returns undefined for one that is */
function endedBy(item: Item, error: unknown, earlier: Earlier | undefined): Outcome | undefined {
  const reason = reasonOf(error);
  if (reason === 'name-skipped') return skippedOutcome(item, reason);
  // From a server that was not asked for it, 304 is no answer: there is no file.
  if (reason !== 'http-304' || earlier === undefined) return undefined;
  const skipped = skippedOutcome(item, 'not-modified', earlier.file);
  return { ...skipped, httpStatus: 304, ...earlier.validators };
}

/**
 * Drops the draft. What came of a file is kept for a later run when that run might go on from it:
 * when this one was stopped, or the failure may be gone then.
 *
 * @returns `cause`, together with what went wrong here, should discarding fail as well
 */
async function discard(
  draft: Draft | undefined,
  cause: unknown,
  stopped: boolean,
): Promise<unknown> {
  try {
    await draft?.discard({ keep: stopped || mayGoOnAfter(reasonOf(cause)) });
    return cause;
  } catch (error) {
    return new AggregateError(
      [cause, error],
      `${messageOf(cause)}; and what had come of it could not be removed: ${messageOf(error)}`,
    );
  }
}

/** The server has no such file any more, or no other one than that which is there. */
const SETTLED: ReadonlySet<Reason> = new Set<Reason>(['http-304', 'http-404', 'http-410']);

/** Whether a later run may go on from what came of a file, when this one failed for `reason`. */
function mayGoOnAfter(reason: Reason): boolean {
  // It came whole, and was the wrong one.
  if (reason === 'checksum') return false;
  // It was on its way: the next run has as much time again.
  if (reason === 'timeout-total' || isWorthRetrying(reason)) return true;
  // A server that refuses says nothing of the bytes that are there, unless there is nothing to go on to.
  return reason === 'range' || (reason.startsWith('http-') && !SETTLED.has(reason));
}
