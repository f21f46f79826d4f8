import { type Awaitable, ensureFuture } from './ensure-future.ts';
import { TimeoutError } from './errors.ts';
import { Fifo } from './fifo.ts';
import type { DoneObserver, Future } from './future.ts';
import type { WaitOptions } from './suspension.ts';
import { Timer } from './timer.ts';
import { WaitQueue } from './wait-queue.ts';

/** Options of {@link asCompleted}. */
export interface AsCompletedOptions extends WaitOptions {
  /**
   * Throw a TimeoutError when so many milliseconds after the first `next()` the loop still has to
   * wait. It cancels nothing.
   */
  timeout?: number | undefined;
}

/**
 * Yields the results of `awaitables` in the order in which they are ready. Functions start as tasks
 * at once; leaving the loop early ends the iterator and leaves what runs running.
 * Counterpart: `asyncio.as_completed()`.
 *
 * ```ts
 * for await (const page of asCompleted(urls.map((url) => () => fetchPage(url)))) show(page);
 * ```
 *
 * A failure, or a cancellation, of one of them is thrown when its turn comes, which ends a `for
 * await`. A second loop over the same iterator goes on with the rest.
 *
 * @throws TimeoutError; the task's CancelledError, or the signal's reason. Cancels nothing then.
 */
export function asCompleted<T>(
  awaitables: Iterable<Awaitable<T>>,
  options: AsCompletedOptions = {},
): AsyncIterableIterator<T, undefined> {
  return new AsCompleted<T>(awaitables, options);
}

class AsCompleted<T> implements AsyncIterableIterator<T, undefined>, DoneObserver {
  readonly #options: AsCompletedOptions;
  readonly #pending = new Set<Future<T>>();
  readonly #done = new Fifo<Future<T>>();
  /** Those in `next()`; they are let go to look what there is. */
  readonly #consumers = new WaitQueue<void>();
  #timer: Timer | undefined;
  #timedOut = false;

  constructor(awaitables: Iterable<Awaitable<T>>, options: AsCompletedOptions) {
    this.#options = options;
    for (const future of new Set([...awaitables].map((each) => ensureFuture(each)))) {
      if (future.done()) this.#done.put(future);
      else {
        this.#pending.add(future);
        future.observe(this);
      }
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.#startTimer();
    while (this.#done.size === 0 && this.#pending.size > 0) {
      if (this.#timedOut) {
        const unfinished = this.#pending.size;
        this.#forgetPending();
        throw new TimeoutError(`${unfinished} not completed after ${this.#options.timeout} ms`);
      }
      await this.#consumers.wait(undefined, this.#options);
    }
    if (this.#done.size === 0) return { done: true, value: undefined };
    return { done: false, value: this.#done.take().result() };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#done.clear();
    this.#forgetPending();
    return { done: true, value: undefined };
  }

  resumeFrom(future: Future<unknown>): void {
    this.#pending.delete(future as Future<T>);
    this.#done.put(future as Future<T>);
    if (this.#pending.size === 0) this.#timer?.clear();
    // The last one may leave several consumers with nothing.
    if (this.#pending.size === 0) this.#consumers.all();
    else this.#consumers.next();
  }

  #startTimer(): void {
    const { timeout } = this.#options;
    if (timeout === undefined || this.#timer !== undefined || this.#pending.size === 0) return;
    this.#timer = new Timer(timeout, () => {
      this.#timedOut = true;
      this.#consumers.all();
    });
  }

  #forgetPending(): void {
    this.#timer?.clear();
    for (const future of this.#pending) future.unobserve(this);
    this.#pending.clear();
    this.#consumers.all();
  }
}
