import { type Awaitable, ensureFuture } from './ensure-future.ts';
import { type CancelledError, TimeoutError } from './errors.ts';
import { Fifo } from './fifo.ts';
import { type DoneObserver, Future } from './future.ts';
import type { ResultOf } from './gather.ts';
import type { WaitOptions } from './suspension.ts';
import { Timer } from './timer.ts';

/** Options of {@link asCompleted}. */
export interface AsCompletedOptions extends WaitOptions {
  /**
   * So many milliseconds after the loop began, what is still to come ends as a TimeoutError: the
   * futures of a `for … of`, the step of a `for await`. It cancels nothing.
   * @default no limit
   */
  timeout?: number | undefined;
}

/**
 * One of the futures of {@link asCompleted}, done: `result()` gives its result, or throws. TypeScript
 * takes what `for await` yields for awaited, so this type has no `then`; the future itself has.
 */
export type CompletedFuture<T> = Omit<Future<T>, 'then' | 'catch' | 'finally'>;

/** What {@link asCompleted} gives, for either kind of loop. */
export interface CompletionIterator<T>
  extends IterableIterator<Future<T>, undefined>,
    AsyncIterable<CompletedFuture<T>, undefined> {
  /** For `for … of`: itself. */
  [Symbol.iterator](): CompletionIterator<T>;
  /** For `for await`: the same futures, each once it is done. */
  [Symbol.asyncIterator](): AsyncIterableIterator<CompletedFuture<T>, undefined>;
}

/**
 * Yields futures in the order in which `awaitables` end. Functions start as tasks at once; leaving the
 * loop early leaves what runs running. Counterpart: `asyncio.as_completed()`.
 *
 * - `for … of` gives a future for each, at once, that ends as the next one to end does.
 * - `for await` waits at each step, and gives the very one that is done: one of the futures passed in,
 *   so the loop can tell which.
 *
 * A failure is in its future, and ends neither the loop nor a generator around it.
 *
 * @example
 * ```ts
 * for (const future of asCompleted(tasks)) {
 *   try {
 *     show(await future);
 *   } catch (error) {
 *     console.error(error);
 *   }
 * }
 * ```
 *
 * @param awaitables what to wait for: futures, promises, or functions to run as tasks
 * @param options how long for all of them, in ms, and a signal
 * @returns an iterable for either kind of loop, once
 * @throws TimeoutError; in a `for await` also the task's CancelledError, or the signal's reason.
 *   Cancels nothing then
 */
export function asCompleted<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options?: AsCompletedOptions,
): CompletionIterator<ResultOf<A[number]>>;
export function asCompleted<T>(
  awaitables: Iterable<Awaitable<T>>,
  options?: AsCompletedOptions,
): CompletionIterator<T>;
export function asCompleted(
  awaitables: Iterable<Awaitable<unknown>>,
  options: AsCompletedOptions = {},
): CompletionIterator<unknown> {
  return new AsCompleted(
    [...awaitables].map((each) => ensureFuture(each)),
    options,
  );
}

/** What a step of a `for await` gives when there is no future left. */
const over = Promise.resolve({ done: true, value: undefined } as const);

class AsCompleted<T> implements CompletionIterator<T>, DoneObserver {
  readonly #options: AsCompletedOptions;
  /** The futures passed in that are not done. */
  readonly #pending = new Set<Future<T>>();
  /** Those that are, in the order in which they ended, and have not been given out. */
  readonly #done = new Fifo<Future<T>>();
  /** The steps that were taken before there was a future for them. */
  readonly #steps = new Set<Step<T>>();
  /** How many steps are left to be taken. */
  #left: number;
  #timer: Timer | undefined;
  #isTimedOut = false;

  constructor(futures: Iterable<Future<T>>, options: AsCompletedOptions) {
    this.#options = options;
    for (const future of new Set(futures)) {
      if (future.done()) this.#done.put(future);
      else {
        this.#pending.add(future);
        future.observe(this);
      }
    }
    this.#left = this.#done.size + this.#pending.size;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Future<T>, undefined> {
    const step = this.#step();
    return step === undefined
      ? { done: true, value: undefined }
      : { done: false, value: new Relay(step) };
  }

  return(): IteratorResult<Future<T>, undefined> {
    this.#left = 0;
    this.#done.clear();
    // The futures given out before still end.
    if (this.#steps.size === 0) this.#forgetPending();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<CompletedFuture<T>, undefined> {
    const iterator: AsyncIterableIterator<CompletedFuture<T>, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => this.#step()?.then(({ value }) => ({ done: false, value })) ?? over,
      return: async () => this.return(),
    };
    return iterator;
  }

  resumeFrom(future: Future<unknown>): void {
    this.#pending.delete(future as Future<T>);
    const [step] = this.#steps;
    if (step === undefined) this.#done.put(future as Future<T>);
    else {
      this.#steps.delete(step);
      step.setResult({ value: future as Future<T> });
    }
    if (this.#pending.size === 0) this.#timer?.clear();
  }

  /** Called by a step that ended before there was a future for it: the future is for the next one. */
  forget(step: Step<T>): void {
    if (this.#steps.delete(step)) this.#left++;
  }

  #step(): Step<T> | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    this.#startTimer();
    const step = new Step<T>(this, this.#options.signal);
    if (step.done()) this.#left++;
    else if (this.#done.size > 0) step.setResult({ value: this.#done.take() });
    else if (this.#isTimedOut) this.#timeOut(step);
    else this.#steps.add(step);
    return step;
  }

  #startTimer(): void {
    const { timeout } = this.#options;
    if (timeout === undefined || this.#timer !== undefined || this.#pending.size === 0) return;
    this.#timer = new Timer(timeout, () => {
      this.#isTimedOut = true;
      const steps = [...this.#steps];
      this.#steps.clear();
      for (const step of steps) this.#timeOut(step);
    });
  }

  #timeOut(step: Step<T>): void {
    const count = this.#pending.size;
    step.setException(new TimeoutError(`${count} not completed after ${this.#options.timeout} ms`));
  }

  #forgetPending(): void {
    this.#timer?.clear();
    for (const future of this.#pending) future.unobserve(this);
    this.#pending.clear();
  }
}

/** One step of the loop: a future of the future that is next to end, in a box, or it would be awaited. */
class Step<T> extends Future<{ readonly value: Future<T> }> {
  readonly #owner: AsCompleted<T>;
  readonly #signal: AbortSignal | undefined;

  constructor(owner: AsCompleted<T>, signal: AbortSignal | undefined) {
    super();
    this.#owner = owner;
    this.#signal = signal;
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort);
  }

  protected override ended(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#owner.forget(this);
  }

  readonly #abort = (): void => this.setException(this.#signal?.reason);
}

/** What a `for … of` gives: ends as the future of its step does. Cancelling it cancels the wait only. */
class Relay<T> extends Future<T> implements DoneObserver {
  readonly #step: Step<T>;
  #future: Future<T> | undefined;

  constructor(step: Step<T>) {
    super();
    this.#step = step;
    if (step.done()) this.resumeFrom();
    else step.observe(this);
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown?: unknown): boolean {
    this.#step.unobserve(this);
    this.#step.interrupt(reason);
    return super.interrupt(reason, thrown);
  }

  override get isReturnable(): boolean {
    return this.#future?.isReturnable ?? false;
  }

  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.#future?.takeBack(value);
  }

  resumeFrom(): void {
    let future: Future<T> | undefined;
    try {
      future = this.#step.result().value;
      this.#future = future;
      this.setResult(future.result());
    } catch (error) {
      if (future?.cancelled()) this.endCancelled(error);
      else this.setException(error);
    }
  }
}
