import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { newCancellation } from './cancellation.ts';
import { currentTask, taskContext } from './current-task.ts';
import { debugging, noteOrigin } from './debug.ts';
import { type CancelledError, InvalidStateError } from './errors.ts';
import { forgetFailure, rememberFailure } from './failures.ts';
import { warnOf } from './warnings.ts';

/** Called with the future once it is done. */
export type DoneCallback<T> = (future: Future<T>) => void;

type State = 'pending' | 'finished' | 'failed' | 'cancelled';

interface Callback {
  /** `never`, so that a Future<Dog> still is a Future<Animal>. */
  readonly fn: (future: never) => void;
  /** Runs `fn` in the async context it was added in, but outside of any task, as in asyncio. */
  readonly run: (fn: () => void) => void;
}

/** Told synchronously, once, that a future it observes is done: how this module's waits end. */
export interface DoneObserver {
  resumeFrom(future: Future<unknown>): void;
}

/** Callbacks run from here: a turn of the microtask queue later. */
const soon = Promise.resolve();

/**
 * A result that is not there yet. `await future` waits for it; `result()` never waits.
 * Counterpart: `asyncio.Future`.
 *
 * Awaiting one inside a task makes the task's cancellation cancel the future, as in asyncio;
 * `shield()` prevents that.
 */
export class Future<T> implements Promise<T> {
  #state: State = 'pending';
  #value: T | undefined;
  #error: unknown;
  #callbacks: Callback[] | undefined;
  /** Nearly always one at most, so the set is made only for more. */
  #observer: DoneObserver | undefined;
  #moreObservers: Set<DoneObserver> | undefined;
  /** What `then` hangs on to; made when first asked for. */
  #promise: Promise<T> | undefined;
  #settlePromise: (() => void) | undefined;
  /** Whether anybody ever asked how it ended, so that no failure goes unseen. */
  #lookedAt = false;

  constructor() {
    if (debugging()) noteOrigin(this);
  }

  /** Whether it has a result, a failure, or was cancelled. */
  done(): boolean {
    return this.#state !== 'pending';
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /**
   * The result, without waiting.
   * @throws InvalidStateError while pending; the failure when it failed; CancelledError when it
   *   was cancelled
   */
  result(): T {
    if (this.#state === 'pending') throw new InvalidStateError('the result is not there yet');
    this.#look();
    if (this.#state === 'finished') return this.#value as T;
    throw this.#error;
  }

  /**
   * The failure, or undefined when it has a result. Without waiting.
   * @throws InvalidStateError while pending; CancelledError when it was cancelled
   */
  exception(): unknown {
    if (this.#state === 'pending') throw new InvalidStateError('the result is not there yet');
    this.#look();
    if (this.#state === 'cancelled') throw this.#error;
    return this.#error;
  }

  /**
   * Has `fn` called soon after the future is done, or soon after now when it is done already; never
   * synchronously. Callbacks run in the order added; one that throws is reported as a warning and
   * stops none of the others.
   */
  addDoneCallback(fn: DoneCallback<T>): void {
    const callback = { fn, run: taskContext.exit(AsyncLocalStorage.snapshot) };
    if (this.done()) {
      this.#callSoon([callback]);
    } else {
      this.#callbacks ??= [];
      this.#callbacks.push(callback);
    }
  }

  /** Takes out every callback that is `fn`. @returns how many there were */
  removeDoneCallback(fn: DoneCallback<T>): number {
    const before = this.#callbacks ?? [];
    this.#callbacks = before.filter((callback) => callback.fn !== fn);
    return before.length - this.#callbacks.length;
  }

  /** @throws InvalidStateError when it is done already */
  setResult(value: T): void {
    this.#mustBePending();
    this.#value = value;
    this.#finish('finished');
  }

  /** @throws InvalidStateError when it is done already */
  setException(error: unknown): void {
    this.#mustBePending();
    this.#error = error;
    this.#finish('failed');
  }

  /** @returns false when it was done already, and nothing changed */
  cancel(message?: string): boolean {
    return this.interrupt(newCancellation(message));
  }

  /** {@link cancel} with the error given: how the cancellation of an awaiting task gets here. @internal */
  interrupt(reason: CancelledError): boolean {
    if (this.done()) return false;
    this.endCancelled(reason);
    return true;
  }

  /** Ends it as cancelled, for `reason`. */
  protected endCancelled(reason: unknown): void {
    this.#error = reason;
    this.#finish('cancelled');
  }

  /** Called once, when it is done, before anybody else is told. */
  protected ended(): void {}

  /** Has `observer` told when this is done, once however often it asks. Only while pending. @internal */
  observe(observer: DoneObserver): void {
    if (this.#observer === undefined) this.#observer = observer;
    else if (this.#observer !== observer) {
      this.#moreObservers ??= new Set();
      this.#moreObservers.add(observer);
    }
  }

  /** @internal */
  unobserve(observer: DoneObserver): void {
    if (this.#observer === observer) this.#observer = undefined;
    else this.#moreObservers?.delete(observer);
  }

  /** Whether it failed. Unlike `exception()`, asking does not count as having looked. @internal */
  failed(): boolean {
    return this.#state === 'failed';
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaitable is what a future is for
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#look();
    this.#promise ??= this.#makePromise();
    if (!this.done()) this.#suspendCurrentTask();
    return this.#promise.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }

  /** For example `<Future pending>`. */
  toString(): string {
    return `<${this[Symbol.toStringTag]} ${this.describe().join(' ')}>`;
  }

  /** The words that {@link toString} shows. */
  protected describe(): string[] {
    if (this.#state === 'finished') return ['finished', `result=${inBrief(this.#value)}`];
    if (this.#state === 'failed') return ['failed', `exception=${inBrief(this.#error)}`];
    return [this.#state];
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #mustBePending(): void {
    if (this.done()) throw new InvalidStateError(`${this} is done already`);
  }

  #finish(state: State): void {
    this.#state = state;
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    this.ended();
    this.#settlePromise?.();
    this.#tellObservers();
    if (callbacks !== undefined) this.#callSoon(callbacks);
    if (state === 'failed' && !this.#lookedAt) rememberFailure(this, this.#error);
  }

  #tellObservers(): void {
    const first = this.#observer;
    const more = this.#moreObservers;
    this.#observer = this.#moreObservers = undefined;
    first?.resumeFrom(this);
    if (more !== undefined) for (const observer of more) observer.resumeFrom(this);
  }

  #look(): void {
    if (this.#lookedAt) return;
    this.#lookedAt = true;
    if (this.#state === 'failed') forgetFailure(this);
  }

  #callSoon(callbacks: Callback[]): void {
    soon.then(() => {
      for (const { fn, run } of callbacks) {
        run(() => {
          try {
            fn(this as never);
          } catch (error) {
            warnOf(`a done callback of ${this} threw`, error);
          }
        });
      }
    });
  }

  #suspendCurrentTask(): void {
    const task = currentTask();
    if (task === undefined) return;
    if ((task as Future<unknown>) === this) throw new TypeError(`${this} cannot await itself`);
    const cancellation = task.takePendingCancellation();
    if (cancellation !== undefined) this.interrupt(cancellation);
    if (this.done()) return;
    this.observe(task);
    task.suspendOn(this);
  }

  #makePromise(): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (this.#state === 'finished') resolve(this.#value as T);
        else reject(this.#error);
      };
      if (this.done()) settle();
      else this.#settlePromise = settle;
    });
  }
}

/** `value` on one line, as warnings and `toString()` show it. */
function inBrief(value: unknown): string {
  if (value instanceof Error) return String(value);
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80 });
}
