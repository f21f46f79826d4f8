/**
 * Rejections that JavaScript takes for unhandled, and that are accounted for: a cancellation that ends
 * an async call which nothing awaits, and a failure that a TaskGroup is going to throw. They do not end
 * the process. All others do as ever.
 */
import { cancellationOf } from './errors.ts';
import { followPromises } from './promise-hooks.ts';
import { nextTurn } from './turn.ts';

/** What failed in groups that have not ended, and what to call if that is all that its rejection reaches. */
const accounted = new Map<unknown, () => void>();
let holders = 0;
let isHoldingForGood = false;

/** Begins to handle them. Each call is undone by one of {@link releaseRejections}. */
export function holdRejections(): void {
  if (holders === 0) process.on('unhandledRejection', onUnhandled);
  holders++;
}

/** For a cancelled task: an async call that it has not awaited may end at any later time. */
export function holdRejectionsForGood(): void {
  if (!isHoldingForGood) holdRejections();
  isHoldingForGood = true;
}

/** Takes effect when the event loop has turned: by then what was rejected in this turn was reported. */
export function releaseRejections(): void {
  nextTurn(() => {
    holders--;
    if (holders === 0) process.off('unhandledRejection', onUnhandled);
  });
}

/** `error` is going to be thrown. Calls `onUnhandled` if an async call that nothing awaits failed with it. */
export function accountFor(error: unknown, onUnhandled: () => void): void {
  accounted.set(error, onUnhandled);
}

/** `error` is thrown now, and is like any other from here on. */
export function forget(error: unknown): void {
  accounted.delete(error);
}

/** {@link rejectQuietly}, as a function to pass to `then`. */
export function quietly<R>(reject: (error: unknown) => R): (error: unknown) => never {
  return (error) => rejectQuietly(reject, error) as never;
}

/**
 * Calls `reject`, with which JavaScript rejects the promise of a `Promise.all` or the like. With an error
 * that is accounted for, the promise counts as handled, whether something awaits it or not: other listeners
 * for unhandled rejections, such as those of a test runner, do not hear of it either. V8's hook for
 * promises that are settled is the only way to the promise; it is on during the call.
 */
function rejectQuietly(reject: (error: unknown) => unknown, error: unknown): void {
  if (holders === 0 || notesOf(error) === undefined) {
    reject(error);
    return;
  }
  const rejected: Promise<unknown>[] = [];
  const stop = followPromises('onSettled', (promise) => rejected.push(promise));
  try {
    reject(error);
  } finally {
    stop?.();
  }
  for (const promise of rejected) promiseThen.call(promise, undefined, ignore);
}

const promiseThen = Promise.prototype.then;

function ignore(): void {}

function onUnhandled(reason: unknown): void {
  const notes = notesOf(reason);
  if (notes !== undefined) for (const note of notes) note();
  else if (process.listenerCount('unhandledRejection') === 1) {
    // With a listener Node leaves the rest to it. Rejected once more without one, it takes its course.
    process.off('unhandledRejection', onUnhandled);
    void Promise.reject(reason);
    nextTurn(() => {
      if (holders > 0) process.on('unhandledRejection', onUnhandled);
    });
  }
}

/** What to call for `reason`. Undefined when it is not accounted for. */
function notesOf(reason: unknown): (() => void)[] | undefined {
  if (cancellationOf(reason) !== undefined) return [];
  const note = accounted.get(reason);
  if (note !== undefined) return [note];
  // `Promise.any` fails with all that its members failed with.
  if (!(reason instanceof AggregateError)) return undefined;
  const all = reason.errors.map(notesOf);
  return all.every((notes) => notes !== undefined) ? all.flat() : undefined;
}
