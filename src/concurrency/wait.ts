import { inspect } from 'node:util';
import { type DoneObserver, Future } from './future.ts';
import { keepShape } from './shapes.ts';
import { Failed, Suspension, type WaitOptions } from './suspension.ts';
import { Timer } from './timer.ts';

/** `returnWhen`: as soon as any future is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** `returnWhen`: as soon as any future failed, or else when all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** `returnWhen`: when all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** When {@link wait} returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** Options of {@link wait}. */
export interface WaitForOptions extends WaitOptions {
  /**
   * Ends the wait after this many milliseconds, with the futures that are done by then.
   * @default no limit
   */
  timeout?: number | undefined;
  /**
   * What ends the wait.
   * @default ALL_COMPLETED
   */
  returnWhen?: ReturnWhen | undefined;
}

/**
 * Waits for some or all of `futures`, and tells which are done. Looks at no result, and cancels
 * nothing: not at the timeout, not when it is cancelled itself. Counterpart: `asyncio.wait()`.
 *
 * @example
 * ```ts
 * const { done, pending } = await wait(tasks, { timeout: 1_000, returnWhen: FIRST_COMPLETED });
 * ```
 *
 * @param futures at least one
 * @param options how long, in ms; when to return; and a signal
 * @returns a future of the futures given, in two sets, each in the order given
 * @throws RangeError when there are no futures, TypeError when one is no future; the task's
 *   CancelledError, or the signal's reason
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitForOptions = {},
): Future<WaitResult<F>> {
  const { timeout, returnWhen = ALL_COMPLETED, signal } = options;
  const isIterable = typeof futures?.[Symbol.iterator] === 'function';
  const all = new Set<F>(isIterable ? futures : [futures as unknown as F]);
  for (const future of all)
    if (!isIterable || !(future instanceof Future)) return new Failed(notFutures(future));
  // As in asyncio: with nothing to wait for, FIRST_COMPLETED could never be kept.
  if (all.size === 0) return new Failed(new RangeError('wait() needs at least one future'));
  if (isOver(all, returnWhen)) return new Wait(all, returnWhen).beginWith(undefined as never);
  return new Wait(all, returnWhen, timeout).begin(signal);
}

/** What {@link wait} gives. */
export interface WaitResult<F> {
  /** The futures that are done, however they ended. */
  done: Set<F>;
  /** The others. They go on. */
  pending: Set<F>;
}

function notFutures(value: unknown): TypeError {
  const what = inspect(value, { depth: 0 });
  return new TypeError(
    `wait() takes an array of futures, from createTask() or ensureFuture(), not ${what}`,
  );
}

function sorted<F extends Future<unknown>>(futures: Iterable<F>): WaitResult<F> {
  const result = { done: new Set<F>(), pending: new Set<F>() };
  for (const future of futures) (future.done() ? result.done : result.pending).add(future);
  return result;
}

function isOver(futures: ReadonlySet<Future<unknown>>, returnWhen: ReturnWhen): boolean {
  const all = [...futures];
  if (returnWhen === FIRST_COMPLETED) return all.some((future) => future.done());
  if (returnWhen === FIRST_EXCEPTION && all.some((future) => future.failed())) return true;
  return all.every((future) => future.done());
}

class Wait<F extends Future<unknown>> extends Suspension<WaitResult<F>> implements DoneObserver {
  readonly #all: ReadonlySet<F>;
  readonly #pending: Set<Future<unknown>>;
  readonly #returnWhen: ReturnWhen;
  readonly #timer: Timer | undefined;

  constructor(futures: ReadonlySet<F>, returnWhen: ReturnWhen, timeout?: number) {
    super();
    this.#all = futures;
    this.#returnWhen = returnWhen;
    this.#pending = new Set();
    if (timeout !== undefined) this.#timer = new Timer(timeout, () => this.#finish());
    for (const future of futures) {
      if (future.done()) continue;
      this.#pending.add(future);
      future.observe(this);
    }
  }

  resumeFrom(future: Future<unknown>): void {
    this.#pending.delete(future);
    const isEnough =
      this.#pending.size === 0 ||
      this.#returnWhen === FIRST_COMPLETED ||
      (this.#returnWhen === FIRST_EXCEPTION && future.failed());
    if (isEnough) this.#finish();
  }

  protected override abandon(): void {
    this.#timer?.clear();
    for (const future of this.#pending) future.unobserve(this);
  }

  /** What ends in the same turn belongs to it. */
  override arrive(): void {
    if (!this.done()) this.setResult(sorted(this.#all));
  }

  #finish(): void {
    this.abandon();
    this.resume(undefined as never);
  }
}

keepShape(new Wait(new Set<Future<unknown>>(), ALL_COMPLETED));
