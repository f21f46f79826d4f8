import { runningTask } from './async-context.ts';
import { CONSTRUCTOR, inheritConstructor } from './awaited-constructor.ts';
import { Combinator, isSettler } from './combinator.ts';
import { debugging, noteOrigin } from './debug.ts';
import {
  type CancelledError,
  cancellationOf,
  InvalidStateError,
  newCancellation,
} from './errors.ts';
import { inBrief } from './inspectable.ts';
import { interruptChild } from './interrupt-child.ts';
import { END, type EndState, type Observer, Settlement } from './settlement.ts';
import { quietly } from './unhandled.ts';
import { warnOf } from './warnings.ts';

/** Called with the future once it is done. */
export type DoneCallback<T> = (future: Future<T>) => void;

type Executor<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => void;

/** Is called synchronously, once, when a future that it observes is done. Waits of this module end so. */
export type DoneObserver = Observer<Future<unknown>>;

/** Of the promise under construction. One variable for all saves two closures for each. */
let settlement: Settlement<Future<unknown>> | undefined;

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
export class Future<T> extends Promise<T> {
  readonly #settlement: Settlement<Future<unknown>>;

  /** @param executor for `Future.resolve()` and the like, which are those of Promise @internal */
  constructor(executor?: Executor<T>) {
    super(makeSettlement);
    this.#settlement = settlement as Settlement<Future<unknown>>;
    // It would keep the future from being collected.
    settlement = undefined;
    inheritConstructor(new.target, Future);
    if (debugging()) noteOrigin(this);
    executor?.(
      (value) => Future.#settleOnce(this, END.finished, value),
      (error) => Future.#settleOnce(this, END.failed, error),
    );
  }

  /** Whether it has a result, a failure, or was cancelled. */
  done(): boolean {
    return this.#settlement.isDone;
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#settlement.isCancelled;
  }

  /**
   * The result, without waiting.
   * @throws InvalidStateError while pending; the failure when it failed; CancelledError when it
   *   was cancelled
   */
  result(): T {
    const settlement = this.#settlement;
    if (!settlement.isDone) throw new InvalidStateError('the result is not there yet');
    settlement.look(this);
    if (settlement.isFinished) return settlement.outcome as T;
    throw settlement.outcome;
  }

  /**
   * The failure, or undefined when it has a result. Without waiting.
   * @throws InvalidStateError while pending; CancelledError when it was cancelled
   */
  exception(): unknown {
    const settlement = this.#settlement;
    if (!settlement.isDone) throw new InvalidStateError('the result is not there yet');
    settlement.look(this);
    if (settlement.isCancelled) throw settlement.outcome;
    return settlement.isFailed ? settlement.outcome : undefined;
  }

  /**
   * Has `fn` called soon after the future is done, or soon after now when it is done already; never
   * synchronously. Callbacks run in the order added; one that throws is reported as a warning and
   * stops none of the others.
   */
  addDoneCallback(fn: DoneCallback<T>): void {
    this.#settlement.addCallback(this, fn);
  }

  /** Takes out every callback that is `fn`. @returns how many there were */
  removeDoneCallback(fn: DoneCallback<T>): number {
    return this.#settlement.removeCallback(fn);
  }

  /** @throws InvalidStateError when it is done already */
  setResult(value: T): void {
    mustBePending(this);
    Future.#finish(this, END.finished, value);
  }

  /** @throws InvalidStateError when it is done already */
  setException(error: unknown): void {
    mustBePending(this);
    Future.#finish(this, END.failed, error);
  }

  /** @returns false when it was done already, and nothing changed */
  cancel(message?: string): boolean {
    return this.interrupt(newCancellation(message));
  }

  /**
   * {@link cancel} with the error given: how the cancellation of an awaiting task gets here.
   *
   * @param thrown what `await` throws, if that is not `reason`: a failure in the task's group
   * @internal
   */
  interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done()) return false;
    this.endCancelled(reason, thrown);
    return true;
  }

  /** Whether it waits for no other future. @internal */
  get isLeaf(): boolean {
    return false;
  }

  /** Whether its result is an item, a permit or the like, which can be put back. @internal */
  get isReturnable(): boolean {
    return false;
  }

  /** Puts its result back, if `value` is it: the code that got it has dropped it. @internal */
  takeBack(_value: unknown): void {}

  /** Gives it its result in the constructor, when nothing can wait for it so far. */
  protected finishAtOnce(value: T): void {
    this.#settlement.finishAtOnce(value);
  }

  /** Ends it as cancelled, for `reason`. */
  protected endCancelled(reason: unknown, thrown: unknown = reason): void {
    Future.#finish(this, END.cancelled, reason, thrown);
  }

  /** Called once, when it is done, before anything that waits for it. */
  protected ended(): void {}

  /** Calls `observer` when this is done, once however often it asks. Only while pending. @internal */
  observe(observer: DoneObserver): void {
    this.#settlement.observe(observer);
  }

  /** Whether something will notice its end. @internal */
  get isObserved(): boolean {
    return this.#settlement.isObserved;
  }

  /** What observes it. @internal */
  observers(): DoneObserver[] {
    return this.#settlement.observers();
  }

  /** @internal */
  unobserve(observer: DoneObserver): void {
    this.#settlement.unobserve(observer);
  }

  /** Whether it failed. Unlike `exception()`, asking does not count as having looked. @internal */
  failed(): boolean {
    return this.#settlement.isFailed;
  }

  /** Whether it has a result, and it is `value`. @internal */
  finishedWith(value: unknown): boolean {
    return this.#settlement.isFinished && Object.is(this.#settlement.outcome, value);
  }

  /** Whether it ended for the cancellation `reason`. @internal */
  cancelledFor(reason: CancelledError): boolean {
    return this.#settlement.isDone && this.#settlement.outcome === reason;
  }

  /** Whether `error` is its failure. @internal */
  failedWith(error: unknown): boolean {
    return this.#settlement.isFailed && this.#settlement.outcome === error;
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
    this.#settlement.noteConstructorRead(this);
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
    this.#settlement.look(this);
    // A function that a promise hands out to be settled comes from JavaScript itself: something
    // between this future and the code that waits, `return future` or `Promise.race([future])`.
    if (!isSettler(onFulfilled)) return Future.#chainCallbacks(this, onFulfilled, onRejected);
    const isCombined = this.#settlement.takeConstructorRead();
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
    this.#settlement.look(this);
    suspendCurrentTask(this);
    Future.#chain(this, onFulfilled, onRejected);
  }

  override get [Symbol.toStringTag](): string {
    return 'Future';
  }

  /** For example `<Future pending>`. */
  override toString(): string {
    return `<${this[Symbol.toStringTag]} ${this.describe().join(' ')}>`;
  }

  /** The words that {@link toString} shows. */
  protected describe(): string[] {
    const { isFinished, isFailed, outcome } = this.#settlement;
    const words = [String(this.#settlement)];
    if (isFinished) words.push(`result=${inBrief(outcome)}`);
    if (isFailed) words.push(`exception=${inBrief(outcome)}`);
    return words;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // Static: a private method of instances would cost each future a field, and time to set it.
  static #finish(
    future: Future<unknown>,
    state: EndState,
    outcome: unknown,
    thrown: unknown = outcome,
  ): void {
    future.#settlement.settle(state, outcome);
    future.ended();
    future.#settlement.announce(future, thrown);
  }

  static #settleOnce(future: Future<unknown>, state: EndState, outcome: unknown): void {
    if (!future.done()) Future.#finish(future, state, outcome);
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
    future.#settlement.handle();
    chaining = true;
    try {
      return promiseThen.call(future, onFulfilled, onRejected) as Promise<A | B>;
    } finally {
      chaining = false;
    }
  }
}

const promiseThen = Promise.prototype.then;

function mustBePending(future: Future<unknown>): void {
  if (future.done()) throw new InvalidStateError(`${future} is done already`);
}

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

/** Passed to the constructor of `Promise`. */
function makeSettlement(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  settlement = new Settlement(resolve, reject);
}
