import { runningTask } from './async-context.ts';
import { CONSTRUCTOR, inheritConstructor } from './awaited-constructor.ts';
import { Combinator, isSettler } from './combinator.ts';
import { debugging, noteOrigin } from './debug.ts';
import { DoneCallbacks } from './done-callbacks.ts';
import {
  type CancelledError,
  cancellationOf,
  InvalidStateError,
  newCancellation,
} from './errors.ts';
import { forgetFailure, rememberFailure } from './failures.ts';
import { inBrief } from './inspectable.ts';
import { enterNesting, leaveNesting } from './nesting.ts';
import { warnOf } from './warnings.ts';

/** Called with the future once it is done. */
export type DoneCallback<T> = (future: Future<T>) => void;

type Executor<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => void;

/** How a future stands: the two lowest bits of its flags. */
const PENDING = 0;
const FINISHED = 1;
const FAILED = 2;
const CANCELLED = 3;
const STATE = 3;
type State = typeof FINISHED | typeof FAILED | typeof CANCELLED;
const STATES = ['pending', 'finished', 'failed', 'cancelled'];

/** Is called synchronously, once, when a future that it observes is done. Waits of this module end so. */
export interface DoneObserver {
  resumeFrom(future: Future<unknown>): void;
}

/** Fields that few futures need. */
interface RareFields {
  callbacks?: DoneCallbacks | undefined;
  /** Besides the first: few futures have several. */
  moreObservers?: Set<DoneObserver> | undefined;
  /** The rejection that the promise gets once something handles it: before, it would be unhandled. */
  owedRejection?: { readonly thrown: unknown } | undefined;
}

/** The program has retrieved its result or failure, or waits for it: no warning is due. */
const LOOKED_AT = 4;
/** Something handles a rejection of its promise. */
const HANDLED = 8;
/** `await`, `Promise.race` or the like has just read the `constructor` property. */
const ASKED_FOR_CONSTRUCTOR = 16;

/** The functions that settle the promise under construction. One object for all saves two closures each. */
const settlers: { resolve: (value: never) => void; reject: (error: unknown) => void } = {
  resolve: ignore,
  reject: ignore,
};

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
  /** `never`, so that a Future<Dog> still is a Future<Animal>. */
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;
  /** The result, or the failure, once it is done. */
  #outcome: unknown;
  #observer: DoneObserver | undefined;
  /** The state, and some of the flags above: one number takes less room than a field for each. */
  #flags = PENDING;
  /** Most futures need none of these. */
  #rare: RareFields | undefined;

  /** @param executor for `Future.resolve()` and the like, which are those of Promise @internal */
  constructor(executor?: Executor<T>) {
    super(takeSettlers);
    inheritConstructor(new.target, Future);
    this.#resolve = settlers.resolve;
    this.#reject = settlers.reject;
    // They would keep the future from being collected.
    settlers.resolve = settlers.reject = ignore;
    if (debugging()) noteOrigin(this);
    executor?.(
      (value) => this.#settleOnce(FINISHED, value),
      (error) => this.#settleOnce(FAILED, error),
    );
  }

  /** Whether it has a result, a failure, or was cancelled. */
  done(): boolean {
    return (this.#flags & STATE) !== PENDING;
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return (this.#flags & STATE) === CANCELLED;
  }

  /**
   * The result, without waiting.
   * @throws InvalidStateError while pending; the failure when it failed; CancelledError when it
   *   was cancelled
   */
  result(): T {
    if ((this.#flags & STATE) === PENDING)
      throw new InvalidStateError('the result is not there yet');
    this.#look();
    if ((this.#flags & STATE) === FINISHED) return this.#outcome as T;
    throw this.#outcome;
  }

  /**
   * The failure, or undefined when it has a result. Without waiting.
   * @throws InvalidStateError while pending; CancelledError when it was cancelled
   */
  exception(): unknown {
    if ((this.#flags & STATE) === PENDING)
      throw new InvalidStateError('the result is not there yet');
    this.#look();
    if ((this.#flags & STATE) === CANCELLED) throw this.#outcome;
    return (this.#flags & STATE) === FAILED ? this.#outcome : undefined;
  }

  /**
   * Has `fn` called soon after the future is done, or soon after now when it is done already; never
   * synchronously. Callbacks run in the order added; one that throws is reported as a warning and
   * stops none of the others.
   */
  addDoneCallback(fn: DoneCallback<T>): void {
    const callbacks = this.#rare?.callbacks ?? new DoneCallbacks();
    callbacks.add(fn);
    if (this.done()) callbacks.callSoon(this);
    else this.#needRare().callbacks = callbacks;
  }

  /** Takes out every callback that is `fn`. @returns how many there were */
  removeDoneCallback(fn: DoneCallback<T>): number {
    return this.#rare?.callbacks?.remove(fn) ?? 0;
  }

  /** @throws InvalidStateError when it is done already */
  setResult(value: T): void {
    this.#mustBePending();
    this.#finish(FINISHED, value);
  }

  /** @throws InvalidStateError when it is done already */
  setException(error: unknown): void {
    this.#mustBePending();
    this.#finish(FAILED, error);
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

  /** Ends it as cancelled, for `reason`. */
  protected endCancelled(reason: unknown, thrown: unknown = reason): void {
    this.#finish(CANCELLED, reason, thrown);
  }

  /** Called once, when it is done, before anything that waits for it. */
  protected ended(): void {}

  /** Calls `observer` when this is done, once however often it asks. Only while pending. @internal */
  observe(observer: DoneObserver): void {
    if (this.#observer === undefined) this.#observer = observer;
    else if (this.#observer !== observer) {
      const rare = this.#needRare();
      rare.moreObservers ??= new Set();
      rare.moreObservers.add(observer);
    }
  }

  /** Whether something will notice its end. @internal */
  get isObserved(): boolean {
    return (this.#flags & LOOKED_AT) !== 0 || this.#observer !== undefined;
  }

  /** What observes it. @internal */
  observers(): DoneObserver[] {
    const more = [...(this.#rare?.moreObservers ?? [])];
    return this.#observer === undefined ? more : [this.#observer, ...more];
  }

  /** @internal */
  unobserve(observer: DoneObserver): void {
    if (this.#observer === observer) this.#observer = undefined;
    else this.#rare?.moreObservers?.delete(observer);
  }

  /** Whether it failed. Unlike `exception()`, asking does not count as having looked. @internal */
  failed(): boolean {
    return (this.#flags & STATE) === FAILED;
  }

  /** Whether it has a result, and it is `value`. @internal */
  finishedWith(value: unknown): boolean {
    return (this.#flags & STATE) === FINISHED && Object.is(this.#outcome, value);
  }

  /** Whether it ended for the cancellation `reason`. @internal */
  cancelledFor(reason: CancelledError): boolean {
    return this.done() && this.#outcome === reason;
  }

  /** Whether `error` is its failure. @internal */
  failedWith(error: unknown): boolean {
    return (this.#flags & STATE) === FAILED && this.#outcome === error;
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
    this.#flags |= ASKED_FOR_CONSTRUCTOR;
    this.#handle();
    this.#look();
    this.#suspendCurrentTask();
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
    this.#look();
    // A function that a promise hands out to be settled comes from JavaScript itself: something
    // between this future and the code that waits, `return future` or `Promise.race([future])`.
    if (!isSettler(onFulfilled)) return this.#chainCallbacks(onFulfilled, onRejected);
    if ((this.#flags & ASKED_FOR_CONSTRUCTOR) === 0) this.#suspendCurrentTask();
    else this.#joinCombinator(onFulfilled as never, onRejected as never);
    this.#flags &= ~ASKED_FOR_CONSTRUCTOR;
    // What calls it then is JavaScript, which makes nothing of the promise returned.
    return this.#chain(onFulfilled, onRejected) as Future<A | B>;
  }

  override catch<B = never>(
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Future<T | B> {
    return this.then(undefined, onRejected);
  }

  override finally(onFinally?: (() => void) | null): Future<T> {
    // The derived promise is a plain one, whose `finally` is JavaScript's own.
    return new Chained(this, this.#chain().finally(onFinally));
  }

  /**
   * What `await` in the current task does, without a promise in between.
   *
   * @internal
   */
  whenDone(onFulfilled: (value: T) => void, onRejected: (error: unknown) => void): void {
    this.#look();
    this.#suspendCurrentTask();
    this.#chain(onFulfilled, onRejected);
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
    if ((this.#flags & STATE) === FINISHED) return ['finished', `result=${inBrief(this.#outcome)}`];
    if ((this.#flags & STATE) === FAILED) return ['failed', `exception=${inBrief(this.#outcome)}`];
    return [STATES[this.#flags & STATE] as string];
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #settleOnce(state: State, outcome: unknown): void {
    if (!this.done()) this.#finish(state, outcome);
  }

  #mustBePending(): void {
    if (this.done()) throw new InvalidStateError(`${this} is done already`);
  }

  #finish(state: State, outcome: unknown, thrown: unknown = outcome): void {
    this.#flags |= state;
    this.#outcome = outcome;
    const callbacks = this.#rare?.callbacks;
    if (callbacks !== undefined) this.#needRare().callbacks = undefined;
    this.ended();
    if (state === FINISHED) this.#resolve(outcome as never);
    else if ((this.#flags & HANDLED) !== 0) this.#reject(thrown);
    else this.#needRare().owedRejection = { thrown };
    this.#callObservers();
    callbacks?.callSoon(this);
    if (state === FAILED && (this.#flags & LOOKED_AT) === 0) rememberFailure(this, outcome);
  }

  #callObservers(): void {
    if (this.#observer === undefined && this.#rare?.moreObservers === undefined) return;
    if (!enterNesting()) {
      queueMicrotask(() => this.#callObservers());
      return;
    }
    try {
      this.#callEachObserver();
    } finally {
      leaveNesting();
    }
  }

  #callEachObserver(): void {
    const first = this.#observer;
    const more = this.#rare?.moreObservers;
    this.#observer = undefined;
    if (this.#rare !== undefined) this.#rare.moreObservers = undefined;
    first?.resumeFrom(this);
    if (more !== undefined) for (const observer of more) observer.resumeFrom(this);
  }

  #handle(): void {
    if ((this.#flags & HANDLED) !== 0) return;
    this.#flags |= HANDLED;
    const owed = this.#rare?.owedRejection;
    if (owed !== undefined) this.#reject(owed.thrown);
  }

  #needRare(): RareFields {
    this.#rare ??= {};
    return this.#rare;
  }

  #look(): void {
    if ((this.#flags & LOOKED_AT) !== 0) return;
    this.#flags |= LOOKED_AT;
    if ((this.#flags & STATE) === FAILED) forgetFailure(this);
  }

  #suspendCurrentTask(): void {
    const task = runningTask();
    if (task === undefined) return;
    if ((task as object) === this) throw new TypeError(`${this} cannot await itself`);
    task.suspendOn(this);
  }

  #chainCallbacks<A, B>(
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
    const chained = new Chained(this, this.#chain(noting(onFulfilled), noting(onRejected)));
    return chained;
  }

  #joinCombinator(onFulfilled: () => void, onRejected: () => void): void {
    const task = runningTask();
    if (task !== undefined) task.awaitWith(this, Combinator.of(this, onFulfilled, onRejected));
  }

  /** `Promise.prototype.then` itself: a plain promise, and no task is suspended. */
  #chain<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#handle();
    chaining = true;
    try {
      return super.then(onFulfilled, onRejected);
    } finally {
      chaining = false;
    }
  }
}

/**
 * Interrupts `child` for a future that waits for it.
 *
 * @returns whether it will end for that
 */
export function interruptChild(
  child: Future<unknown>,
  reason: CancelledError,
  thrown?: unknown,
): boolean {
  if (!enterNesting()) {
    queueMicrotask(() => child.interrupt(reason, thrown));
    return !child.done();
  }
  try {
    return child.interrupt(reason, thrown);
  } finally {
    leaveNesting();
  }
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
function takeSettlers(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  settlers.resolve = resolve;
  settlers.reject = reject;
}

function ignore(): void {}
