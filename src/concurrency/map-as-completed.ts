import { isPromise } from 'node:util/types';
import { completion } from './completion.ts';
import { taskContext } from './current-task.ts';
import { warnOf } from './failures.ts';
import { Fifo } from './fifo.ts';
import type { Future } from './future.ts';
import { Pull } from './pull.ts';
import { type Permit, Semaphore } from './semaphore.ts';
import type { WaitOptions } from './suspension.ts';
import { createTask, type Task } from './task.ts';
import { WaitQueue } from './wait-queue.ts';

/** Options of {@link mapAsCompleted}. */
export interface MapAsCompletedOptions extends WaitOptions {
  /**
   * How many calls of `fn` may run at a time: a number, or a Semaphore, which others may share and
   * which may be resized while in use.
   */
  limit: number | Semaphore;
}

/**
 * Calls `fn` for every item of `source`, at most `limit` at a time, each call in a task of its own,
 * and yields the results in the order in which they are ready.
 *
 * - **Lazy**: an item is pulled only when there is room to run it, and nothing at all before the
 *   first `next()`. A consumer that falls behind by `limit` results stops the pulling, so memory
 *   depends on the limit, not on the length of the source.
 * - **Leaving**: breaking out of the loop, a failure of `fn` or of the source, cancelling the
 *   consuming task, or aborting `signal` cancels what is running, waits for its cleanup and closes
 *   the source. Only then does the loop end, or throw the first failure or the signal's reason.
 *
 * A source stuck in a `next()` of its own that no cancellation reaches is closed without waiting.
 * Nearest counterpart: `asyncio.as_completed()` over tasks behind a semaphore; that one has neither
 * the limit nor the laziness.
 */
export function mapAsCompleted<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  fn: (item: T, index: number) => R | PromiseLike<R>,
  options: MapAsCompletedOptions,
): AsyncIterableIterator<R, undefined> {
  return new CompletionIterator(source, fn, options);
}

class CompletionIterator<T, R> implements AsyncIterableIterator<R, undefined> {
  readonly #source: Pull<T>;
  readonly #fn: (item: T, index: number) => R | PromiseLike<R>;
  readonly #limit: Semaphore;
  readonly #signal: AbortSignal | undefined;

  /** Pulls items and starts them; undefined before the first `next()`. */
  #feeder: Task<void> | undefined;
  readonly #running = new Set<Task<R>>();
  readonly #results = new Fifo<R>();
  /** Those in `next()` with no result ready. */
  readonly #consumers = new WaitQueue<void>();
  /** The feeder, while the consumer is behind. */
  readonly #roomForResults = new WaitQueue<void>();
  /** The first failure; it is thrown once, after the results that were ready before it. */
  #failure: { readonly error: unknown } | undefined;
  /** Ends when all that ran has ended; undefined while nothing asked for that. */
  #closing: Promise<void> | undefined;

  constructor(
    source: Iterable<T> | AsyncIterable<T>,
    fn: (item: T, index: number) => R | PromiseLike<R>,
    { limit, signal }: MapAsCompletedOptions,
  ) {
    this.#source = new Pull(source);
    this.#fn = fn;
    this.#limit = typeof limit === 'number' ? new Semaphore(limit) : limit;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<R, undefined>> {
    this.#start();
    try {
      while (this.#results.size === 0 && !this.#nothingRuns()) await this.#consumers.wait();
    } catch (cancelled) {
      await this.#close();
      throw cancelled;
    }
    if (this.#results.size > 0) {
      this.#roomForResults.next();
      return { done: false, value: this.#results.take() };
    }
    return this.#end();
  }

  return(): Promise<IteratorResult<R, undefined>> {
    this.#results.clear();
    return this.#end();
  }

  async #end(): Promise<IteratorResult<R, undefined>> {
    await this.#close();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }

  #start(): void {
    if (this.#feeder !== undefined || this.#closing !== undefined) return;
    if (this.#signal?.aborted) {
      this.#fail(this.#signal.reason);
      return;
    }
    this.#signal?.addEventListener('abort', this.#onAbort);
    this.#feeder = createTask(() => this.#feed(), { name: 'mapAsCompleted' });
    this.#feeder.observe({ resumeFrom: (feeder) => this.#feederDone(feeder) });
  }

  async #feed(): Promise<void> {
    for (let index = 0; this.#closing === undefined; index++) {
      // Room first, then the item: nothing is pulled that cannot run at once.
      if (this.#results.size >= this.#limit.limit) await this.#roomForResults.wait();
      const permit = this.#limit.tryAcquire() ?? (await this.#limit.acquire());
      try {
        const answer = this.#source.next();
        const { done, value } = isPromise(answer) ? await answer : answer;
        if (done) break;
        this.#spawn(value, index, permit);
      } catch (error) {
        permit.release();
        throw error;
      }
    }
  }

  #spawn(item: T, index: number, permit: Permit): void {
    const task = createTask(() => this.#fn(item, index));
    this.#running.add(task);
    task.observe({ resumeFrom: () => this.#collect(task, permit) });
  }

  #collect(task: Task<R>, permit: Permit): void {
    this.#running.delete(task);
    permit.release();
    try {
      this.#results.put(task.result());
      this.#consumers.next();
    } catch (error) {
      if (!task.cancelled() || this.#closing === undefined) this.#fail(error);
    }
    if (this.#nothingRuns()) this.#consumers.all();
  }

  #feederDone(feeder: Future<unknown>): void {
    if (!feeder.cancelled() && feeder.exception() !== undefined) this.#fail(feeder.exception());
    if (this.#nothingRuns()) this.#consumers.all();
  }

  #nothingRuns(): boolean {
    return this.#running.size === 0 && this.#feeder?.done() !== false;
  }

  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);

  #fail(error: unknown): void {
    if (this.#failure === undefined) this.#failure = { error };
    else warnOf('mapAsCompleted: one more failure while the first one ends it', error);
    this.#close();
  }

  /** Outside of any task: the closing goes on to its end, whoever is cancelled meanwhile. */
  #close(): Promise<void> {
    this.#closing ??= taskContext.run(undefined, () => this.#cancelAndWait());
    return this.#closing;
  }

  async #cancelAndWait(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#feeder?.cancel();
    for (const task of this.#running) task.cancel();
    if (this.#feeder !== undefined) await completion(this.#feeder);
    for (const task of [...this.#running]) await completion(task);
    await this.#source.close().catch((error: unknown) => this.#fail(error));
    this.#consumers.all();
  }
}
