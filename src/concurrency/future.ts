import { runningTask } from './async-context.ts';
import { CONSTRUCTOR, inheritConstructor } from './awaited-constructor.ts';
import { Combinator, isSettler } from './combinator.ts';
import { type CancelledError, cancellationOf } from './errors.ts';
import { interruptChild } from './interrupt-child.ts';
import { type Executor, Settleable } from './settleable.ts';
import type { Observer } from './settlement.ts';
import { quietly } from './unhandled.ts';
import { warnOf } from './warnings.ts';

/** Called with the future once it is done. */
export type DoneCallback<T> = (future: Future<T>) => void;

/** Is called synchronously, once, when a future that it observes is done. Waits of this module end so. */
export type DoneObserver = Observer<Future<unknown>>;

/** Whether this module itself chains to a future: that reads its `constructor` as `await` does. */
let chaining = false;

/**
 * A result that is not there yet. `await future` waits for it; `result()` never waits.
 * Counterpart: `asyncio.Future`.
 *
 * Awaiting one inside a task makes the task's cancellation cancel the future, as in asyncio;
 * `shield()` prevents that. `future.then(fn)` suspends nothing, and what it returns is a future too.
 *
 * A failure that is never looked at surfaces as a warning, not as an unhandled rejection.
 *
 * @example
 * ```ts
 * const answer = new Future<number>();
 * setTimeout(() => answer.setResult(42), 10);
 * console.log(await answer);
 * ```
 */
export class Future<T> extends Settleable<T> {
  /** @param executor as that of a Promise, for `Future.resolve()` and the like */
  constructor(executor?: Executor<T>) {
    super(executor);
    inheritConstructor(new.target, Future);
  }

  /**
   * Has `fn` called soon after the future is done, or soon after now when it is done already; never
   * synchronously. Callbacks run in the order added; one that throws is reported as a warning and
   * stops none of the others.
   */
  addDoneCallback(fn: DoneCallback<T>): void {
    Future.settlementOf(this).addCallback(this, fn);
  }

  /** Takes out every callback that is `fn`. @returns how many there were */
  removeDoneCallback(fn: DoneCallback<T>): number {
    return Future.settlementOf(this).removeCallback(fn);
  }

  /** Calls `observer` when this is done, once however often it asks. Only while pending. @internal */
  observe(observer: DoneObserver): void {
    Future.settlementOf(this).observe(observer);
  }

  /** Whether something will notice its end. @internal */
  get isObserved(): boolean {
    return Future.settlementOf(this).isObserved;
  }

  /** What observes it. @internal */
  observers(): DoneObserver[] {
    return Future.settlementOf(this).observers();
  }

  /** @internal */
  unobserve(observer: DoneObserver): void {
    Future.settlementOf(this).unobserve(observer);
  }

  /**
   * `await future` and `Promise.race([future])` ask for this first (ECMA-262, PromiseResolve): the
   * sign that the current task is about to be suspended on this future. It is not the class, so that
   * `await` takes the future as it is, in one turn of the microtask queue instead of three.
   *
   * @internal
   */
  get [CONSTRUCTOR](): PromiseConstructor {
    if (chaining) return Promise;
    Future.settlementOf(this).noteConstructorRead(this);
    suspendCurrentTask(this);
    return Promise;
  }

  /**
   * Calls `onFulfilled` or `onRejected` soon after the future is done. It suspends no task.
   *
   * @returns a future of what they return; cancelling it cancels this one
   */
  // biome-ignore lint/suspicious/noThenProperty: being awaitable is what a future is for
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Future<A | B> {
    Future.settlementOf(this).look(this);
    // A function that a promise hands out to be settled comes from JavaScript itself: something
    // between this future and the code that waits, `return future` or `Promise.race([future])`.
    if (!isSettler(onFulfilled)) return Future.#chainCallbacks(this, onFulfilled, onRejected);
    const isCombined = Future.settlementOf(this).takeConstructorRead();
    if (isCombined && typeof onRejected === 'function') {
      joinCombinator(this, onFulfilled as never, onRejected as never);
      return Future.#chain(this, onFulfilled, quietly(onRejected)) as Future<A | B>;
    }
    suspendCurrentTask(this);
    // What calls it then is JavaScript, which makes nothing of the promise returned.
    return Future.#chain(this, onFulfilled, onRejected) as Future<A | B>;
  }

  override catch<B = never>(
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Future<T | B> {
    return this.then(undefined, onRejected);
  }

  override finally(onFinally?: (() => void) | null): Future<T> {
    // The derived promise is a plain one, whose `finally` is JavaScript's own.
    return new Chained(this, Future.#chain(this).finally(onFinally));
  }

  /**
   * What `await` in the current task does, without a promise in between.
   *
   * @internal
   */
  whenDone(onFulfilled: (value: T) => void, onRejected: (error: unknown) => void): void {
    Future.settlementOf(this).look(this);
    suspendCurrentTask(this);
    Future.#chain(this, onFulfilled, onRejected);
  }

  override get [Symbol.toStringTag](): string {
    return 'Future';
  }

  static #chainCallbacks<T, A, B>(
    future: Future<T>,
    onFulfilled: ((value: T) => A | PromiseLike<A>) | null | undefined,
    onRejected: ((reason: unknown) => B | PromiseLike<B>) | null | undefined,
  ): Future<A | B> {
    const noting = <V, R>(callback: ((value: V) => R) | null | undefined) =>
      typeof callback !== 'function'
        ? undefined
        : (value: V): R => {
            chained.noteCall();
            return callback(value);
          };
    const promise = Future.#chain(future, noting(onFulfilled), noting(onRejected));
    const chained = new Chained<A | B>(future, promise);
    return chained;
  }

  /** `Promise.prototype.then` itself: a plain promise, and no task is suspended. */
  static #chain<T, A = T, B = never>(
    future: Future<T>,
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    Future.settlementOf(future).handle();
    chaining = true;
    try {
      return promiseThen.call(future, onFulfilled, onRejected) as Promise<A | B>;
    } finally {
      chaining = false;
    }
  }
}

const promiseThen = Promise.prototype.then;

function suspendCurrentTask(future: Future<unknown>): void {
  const task = runningTask();
  if (task === undefined) return;
  if ((task as object) === future) throw new TypeError(`${future} cannot await itself`);
  task.suspendOn(future);
}

function joinCombinator(
  future: Future<unknown>,
  onFulfilled: () => void,
  onRejected: () => void,
): void {
  const task = runningTask();
  if (task !== undefined) task.awaitWith(future, Combinator.of(future, onFulfilled, onRejected));
}

/** The future that `then` with callbacks returns: ends as `promise` does, and passes a cancellation to `source`. */
class Chained<T> extends Future<T> {
  readonly #source: Future<unknown>;
  #isCalled = false;

  constructor(source: Future<unknown>, promise: Promise<T>) {
    super();
    this.#source = source;
    promise.then(
      (value) => {
        if (!this.done()) this.setResult(value);
      },
      (error) => this.#fail(error),
    );
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown?: unknown): boolean {
    if (this.done()) return false;
    if (interruptChild(this.#source, reason, thrown)) return true;
    // The result of the source is on its way to the callback, which must get it.
    return this.#isCalled && super.interrupt(reason, thrown);
  }

  /** The callback has been called: from now on this waits for the callback. */
  noteCall(): void {
    this.#isCalled = true;
  }

  override cancelledFor(reason: CancelledError): boolean {
    return super.cancelledFor(reason) || this.#source.cancelledFor(reason);
  }

  override get isReturnable(): boolean {
    return this.#source.isReturnable;
  }

  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.#source.takeBack(value);
  }

  #fail(error: unknown): void {
    const isCancellation = cancellationOf(error) !== undefined;
    if (!this.done()) {
      if (isCancellation) this.endCancelled(error);
      else this.setException(error);
    } else if (!isCancellation) warnOf('a callback failed after its wait was cancelled', error);
  }
}
