import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/error-words.ts';
import { OriginDownError } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import {
  cancelledOutcome,
  failedOutcome,
  type Outcome,
  okOutcome,
  skippedBy,
  skippedOutcome,
} from '../model/outcome.ts';
import { type Reason, reasonOf } from '../model/reason.ts';
import { isWorthRetrying } from '../model/worth-retrying.ts';
import type { Draft } from '../save/sinks/sink.ts';
import type { Admission } from '../schedule/origin-queue.ts';
import { type Earlier, outcomeOfEarlier, type PendingRow } from './preflight.ts';
import { RowRequests } from './row-requests.ts';
import type { Run } from './steps.ts';
import { isCancelled } from './stop.ts';

/**
 * Takes one row all the way: opens a draft, requests the file, saves and records it. When the run is
 * stopped or the task is cancelled, the request in flight and the waits between requests end at once; a
 * body that has come whole is still saved.
 *
 * @param first for the first request: a permit, or why the origin was given up; undefined when the run
 *   was stopped
 * @returns the outcome of the item; a failure is one, too
 * @throws only what {@link Steps.record} throws, which is about the run
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
  const isSaved = ended.status === 'ok' || ended.reason === 'already-there';
  const outcome: Writable<Outcome> = {
    ...ended,
    attempts: requests.sent,
    queued: begun - row.readAt,
    startedAt,
    elapsed: performance.now() - begun,
  };
  if (isSaved) outcome.savedAt = Date.now();
  if (requests.sent > 1) outcome.earlierTries = requests.sentAt - begun;
  const recording = run.record?.(outcome);
  if (recording !== undefined) await recording;
  return outcome;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

async function end(
  { item, earlier: recorded }: PendingRow,
  run: Run,
  requests: RowRequests,
  { first, begun }: { readonly first: Admission | undefined; readonly begun: number },
): Promise<Outcome> {
  if (first === undefined || run.stop.requested) return cancelledOutcome(item);
  let draft: Draft | undefined;
  let earlier = recorded;
  try {
    if (recorded?.examine !== undefined) {
      earlier = await recorded.examine();
      const settled = earlier === undefined ? undefined : outcomeOfEarlier(item, earlier);
      if (settled !== undefined) return settled;
    }
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

/** The outcome of an item that ended with an error but did not fail. @returns undefined if it did */
function endedBy(item: Item, error: unknown, earlier: Earlier | undefined): Outcome | undefined {
  // A 304 that the request did not ask for is a failure: there is no file.
  if (reasonOf(error) !== 'http-304' || earlier === undefined) return skippedBy(item, error);
  const skipped = skippedOutcome(item, 'not-modified', earlier.file);
  return { ...skipped, httpStatus: 304, ...earlier.validators };
}

/**
 * Discards the draft. The part of the file that has come is kept if a later run may resume it: if this
 * run was stopped, or the failure may pass.
 *
 * @returns `cause`, together with the error of discarding, if that fails as well
 */
async function discard(
  draft: Draft | undefined,
  cause: unknown,
  stopped: boolean,
): Promise<unknown> {
  try {
    const isKept = stopped || cause instanceof BrokenRunError || mayGoOnAfter(reasonOf(cause));
    await draft?.discard({ keep: isKept });
    return cause;
  } catch (error) {
    return new AggregateError(
      [cause, error],
      `${messageOf(cause)}; and what had come of it could not be removed: ${messageOf(error)}`,
    );
  }
}

/** The server no longer has the file, or no other version than the one that is there. */
const SETTLED: ReadonlySet<Reason> = new Set<Reason>(['http-304', 'http-404', 'http-410']);

/** Whether a later run may resume a file after a failure for `reason`. */
function mayGoOnAfter(reason: Reason): boolean {
  // The file came whole, and was the wrong one.
  if (reason === 'checksum') return false;
  // After a timeout, the next run has as much time again.
  if (reason === 'timeout-total' || isWorthRetrying(reason)) return true;
  // It came whole, and is still to be stored.
  if (reason === 'upload-failed') return true;
  // Other refusals say nothing about the bytes that are there.
  return reason === 'range' || (reason.startsWith('http-') && !SETTLED.has(reason));
}
