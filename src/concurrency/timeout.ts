import { type Awaitable, ensureFuture } from './ensure-future.ts';
import { CancelledError, TimeoutError } from './errors.ts';
import { type DoneObserver, Future } from './future.ts';
import { interruptChild } from './interrupt-child.ts';
import type { WaitOptions } from './suspension.ts';
import { checkTime, Timer } from './timer.ts';

/** What {@link timeout} takes: as everywhere, and its function gets the deadline, to move it. */
export type Timed<T> = Awaitable<T> | ((deadline: Deadline) => T | PromiseLike<T>);

/** When the time of a {@link timeout} is up. Counterpart: the object of `asyncio.timeout()`. */
export interface Deadline {
  /** On the clock of `performance.now()`, in ms; Infinity for never. */
  readonly when: number;
  /** Whether the time was up before the work was done. */
  readonly expired: boolean;
  /**
   * Moves it, to a time on the clock of `performance.now()` in ms. One that has passed expires at once.
   * @throws TypeError when `when` is no number, RangeError when it is NaN
   */
  reschedule(when: number): void;
}

/**
 * Waits for `awaitable` for `ms` milliseconds at most. Then it is cancelled, and once it has ended,
 * its cleanup included, a TimeoutError is thrown. Counterpart: `asyncio.wait_for()` and
 * `asyncio.timeout()`.
 *
 * - A function runs as a task of its own, and gets the {@link Deadline}. With `ms` ≤ 0 it never starts.
 * - What is done in the same turn in which the time is up is done: its result counts.
 * - One that refuses the cancellation by returning a value is not late: the value counts. If its
 *   cleanup fails, that failure is thrown.
 * - Nested deadlines each keep to themselves: only the one that passed throws its TimeoutError, and
 *   if both did, the outer one.
 * - Cancelling the waiting task, or aborting the signal, cancels `awaitable` and waits for its end.
 *
 * @example
 * ```ts
 * const item = await timeout(1_000, queue.get());
 * ```
 *
 * @param ms how long to wait; Infinity for no limit
 * @param awaitable a future, a promise, or a function to run as a task
 * @param options a signal that cancels `awaitable`
 * @returns a future of what `awaitable` gives
 * @throws TimeoutError, with the cancellation as its cause; what `awaitable` fails with; the task's
 *   CancelledError, or the signal's reason. TypeError when `ms` is no number, RangeError when it is NaN
 */
export function timeout<T>(
  ms: number,
  awaitable: Timed<T>,
  options: WaitOptions = {},
): Future<Awaited<T>> {
  return new Timeout<T>(ms, awaitable, options, `not done after ${ms} ms`);
}

/**
 * {@link timeout} with an absolute time: `when` is on the clock of `performance.now()`, in ms.
 * Counterpart: `asyncio.timeout_at()`.
 *
 * @example
 * ```ts
 * const when = performance.now() + 1_000;
 * const both = [await timeoutAt(when, first), await timeoutAt(when, second)];
 * ```
 *
 * @param when in ms, as `performance.now()` counts
 * @param awaitable as for {@link timeout}
 * @param options as for {@link timeout}
 * @returns a future of what `awaitable` gives
 * @throws as {@link timeout} does
 */
export function timeoutAt<T>(
  when: number,
  awaitable: Timed<T>,
  options: WaitOptions = {},
): Future<Awaited<T>> {
  return new Timeout<T>(when - performance.now(), awaitable, options, 'not done at its deadline');
}

/**
 * {@link timeout} that gives undefined in place of a TimeoutError, for work that may be left undone.
 * Counterpart: trio's `move_on_after()`.
 *
 * @example
 * ```ts
 * const answer = (await moveOnAfter(500, () => ask(server))) ?? 'no answer';
 * ```
 *
 * @param ms how long to wait
 * @param awaitable as for {@link timeout}
 * @param options as for {@link timeout}
 * @returns a future of what `awaitable` gives, or of undefined when the time was up before
 * @throws as {@link timeout} does, except for the TimeoutError
 */
export function moveOnAfter<T>(
  ms: number,
  awaitable: Timed<T>,
  options: WaitOptions = {},
): Future<Awaited<T> | undefined> {
  return new MoveOn<T>(ms, awaitable, options, `not done after ${ms} ms`);
}

/**
 * {@link timeout} by the name and with the order of arguments that asyncio has. Counterpart:
 * `asyncio.wait_for()`.
 *
 * @example
 * ```ts
 * const item = await waitFor(queue.get(), 1_000);
 * ```
 *
 * @param awaitable as for {@link timeout}
 * @param ms how long to wait; Infinity for no limit
 * @param options as for {@link timeout}
 * @returns a future of what `awaitable` gives
 * @throws as {@link timeout} does
 */
export function waitFor<T>(
  awaitable: Timed<T>,
  ms: number,
  options: WaitOptions = {},
): Future<Awaited<T>> {
  return timeout(ms, awaitable, options);
}

/** What cancelled the work: the first to do so, but the waiting code before all. */
type Canceller = 'deadline' | 'signal' | 'waiter';

class Timeout<T> extends Future<Awaited<T>> implements Deadline, DoneObserver {
  readonly #message: string;
  readonly #signal: AbortSignal | undefined;
  readonly #work: Future<T> | undefined;
  #when: number;
  #timer: Timer | undefined;
  #cancelledBy: Canceller | undefined;
  #cancellation: CancelledError | undefined;
  /** What the waiting code sees that cancelled this. */
  #thrown: unknown;

  constructor(ms: number, awaitable: Timed<T>, { signal }: WaitOptions, message: string) {
    super();
    this.#when = performance.now() + checkTime(ms);
    this.#message = message;
    if (signal?.aborted) {
      this.setException(signal.reason);
      return;
    }
    this.#signal = signal;
    const work: Future<T> = ensureFuture(
      typeof awaitable === 'function' ? () => awaitable(this) : awaitable,
    );
    this.#work = work;
    if (work.done()) {
      this.resumeFrom();
      return;
    }
    work.observe(this);
    signal?.addEventListener('abort', this.#abort);
    this.#startTimer(ms);
  }

  get when(): number {
    return this.#when;
  }

  get expired(): boolean {
    return this.#cancelledBy === 'deadline';
  }

  reschedule(when: number): void {
    this.#when = checkTime(when);
    this.#timer?.clear();
    const isRunning = !this.done() && this.#cancelledBy === undefined;
    if (isRunning) this.#startTimer(Math.ceil(when - performance.now()));
  }

  override get [Symbol.toStringTag](): string {
    return 'Timeout';
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done()) return false;
    const [before, thrownBefore] = [this.#cancelledBy, this.#thrown];
    // The work may end within this call.
    [this.#cancelledBy, this.#thrown] = ['waiter', thrown];
    if (this.#work !== undefined && interruptChild(this.#work, reason, thrown)) return true;
    [this.#cancelledBy, this.#thrown] = [before, thrownBefore];
    return false;
  }

  resumeFrom(): void {
    const work = this.#work as Future<T>;
    try {
      this.setResult(work.result() as Awaited<T>);
    } catch (error) {
      if (!work.cancelled()) this.setException(error);
      else if (this.#cancelledBy === 'deadline') this.expire(this.#cancellation);
      else if (this.#cancelledBy === 'signal') this.setException(this.#signal?.reason);
      else this.endCancelled(error, this.#cancelledBy === 'waiter' ? this.#thrown : error);
    }
  }

  override get isReturnable(): boolean {
    return this.#work?.isReturnable ?? false;
  }

  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.#work?.takeBack(value);
  }

  /** The work has ended because the time was up. */
  protected expire(cancellation: CancelledError | undefined): void {
    this.setException(new TimeoutError(this.#message, { cause: cancellation }));
  }

  protected override ended(): void {
    this.#timer?.clear();
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #startTimer(ms: number): void {
    if (ms <= 0) this.#cancelWork('deadline', this.#message);
    else if (ms !== Number.POSITIVE_INFINITY)
      this.#timer = new Timer(ms, () => this.#cancelWork('deadline', this.#message));
  }

  readonly #abort = (): void => this.#cancelWork('signal', 'the signal of timeout() aborted');

  #cancelWork(canceller: Canceller, message: string): void {
    const cancellation = new CancelledError(message);
    const before = this.#cancelledBy;
    if (before !== 'waiter') {
      this.#cancelledBy = canceller;
      this.#cancellation = cancellation;
    }
    // It may be cleaning up, from a cancellation before: that is to end as well.
    if (!this.#work?.interrupt(cancellation)) this.#cancelledBy = before;
  }
}

class MoveOn<T> extends Timeout<T | undefined> {
  protected override expire(): void {
    this.setResult(undefined as Awaited<T | undefined>);
  }
}
