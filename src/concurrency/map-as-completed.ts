import { isPromise } from 'node:util/types';
import { asyncContext, ContextSwitch } from './async-context.ts';
import { completion } from './completion.ts';
import { createTask } from './create-task.ts';
import type { DoneObserver, Future } from './future.ts';
import { MapResults } from './map-results.ts';
import { Pull } from './pull.ts';
import { type Permit, Semaphore } from './semaphore.ts';
import { keepShape } from './shapes.ts';
import { sleep } from './sleep.ts';
import type { WaitOptions } from './suspension.ts';
import { Task } from './task.ts';
import { isTurnOverdue } from './turn.ts';
import { WaitQueue } from './wait-queue.ts';
import { warnOf } from './warnings.ts';

/** Options of {@link mapAsCompleted}. */
export interface MapAsCompletedOptions extends WaitOptions {
  /**
   * How many calls of `fn` may run at a time: a number ≥ 1, or a Semaphore, which others may share
   * and which may be resized while in use.
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
 *
 * @example
 * ```ts
 * for await (const page of mapAsCompleted(urls, fetchPage, { limit: 10 })) save(page);
 * ```
 *
 * @param source any iterable, also one without end; it is closed when the loop ends before it
 * @param fn gets an item and its place in the source, from 0
 * @param options how many calls may run at a time, and a signal
 * @returns the results, once; its `next()` throws the first failure of `fn` or of the source, the task's
 *   CancelledError, or the signal's reason
 * @throws RangeError when `limit` is a number and not a whole one ≥ 1
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

  /** Whether no other code takes permits, so that one is free exactly when a task has ended. */
  readonly #ownsLimit: boolean;
  /** How many items were pulled. */
  #pulled = 0;
  /** Pulls items and starts them; undefined before the first `next()`. */
  #feeder: Task<void> | undefined;
  readonly #running = new Set<Task<R>>();
  readonly #results = new MapResults<R>();
  /** The feeder, until a task ends or the consumer takes a result. */
  readonly #changes = new WaitQueue<void>();
  /** The first failure; it is thrown once, after the results that were ready before it. */
  #failure: { readonly error: unknown } | undefined;
  /** Ends when all calls of `fn` have ended and the source is closed; undefined before {@link #close}. */
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(
    source: Iterable<T> | AsyncIterable<T>,
    fn: (item: T, index: number) => R | PromiseLike<R>,
    { limit, signal }: MapAsCompletedOptions,
  ) {
    if (typeof limit === 'number' && !(limit >= 1))
      throw new RangeError(`limit must be a whole number >= 1, not ${limit}`);
    this.#limit = typeof limit === 'number' ? new Semaphore(limit) : limit;
    this.#source = new Pull(source);
    this.#ownsLimit = typeof limit === 'number';
    this.#fn = fn;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<R, undefined>> {
    this.#start();
    if (this.#results.size > 0) {
      const value = this.#results.take();
      this.#changes.next();
      return Promise.resolve({ done: false, value });
    }
    if (this.#nothingRuns()) return this.#end();
    return this.#results.wait(this.#cancelled);
  }

  return(): Promise<IteratorResult<R, undefined>> {
    this.#results.drop();
    return this.#end();
  }

  readonly #cancelled = (): Promise<unknown> => {
    this.#results.drop();
    // The cancellation goes first, so a failure on the way out can only be a warning.
    return this.#end().catch((error: unknown) => this.#warnOf(error));
  };

  #endConsumers(): void {
    this.#results.endConsumers(() => this.#end());
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
    const eager = { contextSwitch: new ContextSwitch() };
    while (true) {
      if (isTurnOverdue()) await sleep(0);
      // Room first, then the item: nothing is pulled that cannot run at once.
      while (this.#results.size >= Math.max(1, this.#limit.limit)) {
        await this.#changes.wait(undefined);
      }
      const permit = this.#limit.tryAcquire() ?? (await this.#nextPermit());
      let spawned = false;
      try {
        // The closing may have come in while this was on its way back from a wait.
        if (this.#closing !== undefined) break;
        const answer = this.#source.next();
        const { done, value } = isPromise(answer) ? await answer : answer;
        if (done || this.#closing !== undefined) break;
        this.#spawn(value, permit, eager);
        spawned = true;
      } finally {
        if (!spawned) permit.release();
      }
    }
  }

  /** Of an own limit, all that ended by now make one wake-up in place of one each. */
  async #nextPermit(): Promise<Permit> {
    if (!this.#ownsLimit) return await this.#limit.acquire();
    for (;;) {
      await this.#changes.wait(undefined);
      const permit = this.#limit.tryAcquire();
      if (permit !== undefined) return permit;
    }
  }

  #spawn(item: T, permit: Permit, eager: { contextSwitch: ContextSwitch }): void {
    const index = this.#pulled++;
    const task = new Task(() => this.#fn(item, index), undefined, eager);
    if (task.done()) {
      this.collect(task, permit);
      return;
    }
    this.#running.add(task);
    task.observe(new Collector(this, permit));
  }

  /** `task`, one of those running, has ended. */
  collect(task: Task<R>, permit: Permit): void {
    this.#running.delete(task);
    if (task.failed() || task.cancelled()) this.#collectFailure(task);
    else this.#results.put(task.result());
    permit.release();
    this.#changes.next();
    if (this.#nothingRuns()) this.#endConsumers();
  }

  #feederDone(feeder: Future<unknown>): void {
    this.#collectFailure(feeder);
    if (this.#nothingRuns()) this.#endConsumers();
  }

  /** What `ended` failed with ends the loop, unless the closing has cancelled it. */
  #collectFailure(ended: Future<unknown>): void {
    try {
      ended.result();
    } catch (error) {
      const cancelledByClosing = ended.cancelled() && this.#closing !== undefined;
      if (!cancelledByClosing) this.#fail(error);
    }
  }

  #nothingRuns(): boolean {
    return this.#running.size === 0 && this.#feeder?.done() !== false;
  }

  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);

  #fail(error: unknown): void {
    if (this.#failure === undefined && !this.#closed) this.#failure = { error };
    // Several may have failed for one and the same: that is one failure.
    else if (this.#failure?.error !== error) this.#warnOf(error);
    this.#close();
  }

  /** For a failure that the loop cannot throw, because it throws another or is over. */
  #warnOf(error: unknown): void {
    warnOf('mapAsCompleted: one more failure while it ended', error);
  }

  /** Outside of any task, so that no cancellation stops the closing. */
  #close(): Promise<void> {
    this.#closing ??= asyncContext.run(undefined, () => this.#cancelAndWait());
    return this.#closing;
  }

  async #cancelAndWait(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    for (const task of this.#running) task.cancel();
    await this.#endFeeder();
    for (const task of this.#running) await completion(task);
    await this.#source.close().catch((error: unknown) => this.#fail(error));
    this.#closed = true;
    this.#endConsumers();
  }

  async #endFeeder(): Promise<void> {
    const feeder = this.#feeder;
    if (feeder === undefined) return;
    feeder.cancel();
    // The feeder does nothing but wait: for room, which a cancellation ends, or for the source.
    const sourceIsStuck = this.#source.asking && feeder.hasPendingCancellation;
    if (!sourceIsStuck) await completion(feeder);
  }
}

/** Tells the iterator that one of its tasks has ended, and which permit that one held. */
class Collector<T, R> implements DoneObserver {
  readonly #owner: CompletionIterator<T, R>;
  readonly #permit: Permit;

  constructor(owner: CompletionIterator<T, R>, permit: Permit) {
    this.#owner = owner;
    this.#permit = permit;
  }

  resumeFrom(task: Future<unknown>): void {
    this.#owner.collect(task as Task<R>, this.#permit);
  }
}

keepShape(mapAsCompleted([], () => undefined, { limit: 1 }));
keepShape(new Collector(undefined as never, undefined as never));
