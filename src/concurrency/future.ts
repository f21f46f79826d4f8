import { AsyncLocalStorage } from 'node:async_hooks';
import { currentTask } from './current-task.ts';
import { CancelledError, InvalidStateError } from './errors.ts';
import { forgetFailure, rememberFailure, warnOf } from './failures.ts';

/** Called with the future once it is done. */
export type DoneCallback<T> = (future: Future<T>) => void;

type State = 'pending' | 'finished' | 'failed' | 'cancelled';

interface Callback {
  /** `never`, so that a Future<Dog> still is a Future<Animal>. */
  readonly fn: (future: never) => void;
  /** Runs `fn` in the async context it was added in. */
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
  #observers: DoneObserver[] | undefined;
  /** What `then` hangs on to; made when first asked for. */
  #promise: Promise<T> | undefined;
  #settlePromise: (() => void) | undefined;
  /** Whether anybody ever asked how it ended, so that no failure goes unseen. */
  #lookedAt = false;

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
    const callback = { fn, run: AsyncLocalStorage.snapshot() };
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
    return this.interrupt(new CancelledError(message));
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

  /** Has `observer` told when this is done. Only while pending. @internal */
  observe(observer: DoneObserver): void {
    this.#observers ??= [];
    this.#observers.push(observer);
  }

  /** @internal */
  unobserve(observer: DoneObserver): void {
    this.#observers = this.#observers?.filter((other) => other !== observer);
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
    if (this.#state === 'finished') return ['finished', `result=${String(this.#value)}`];
    if (this.#state === 'failed') return ['failed', `exception=${String(this.#error)}`];
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
    const observers = this.#observers;
    const callbacks = this.#callbacks;
    this.#observers = this.#callbacks = undefined;
    this.#settlePromise?.();
    if (observers !== undefined) for (const observer of observers) observer.resumeFrom(this);
    if (callbacks !== undefined) this.#callSoon(callbacks);
    if (state === 'failed' && !this.#lookedAt) rememberFailure(this, this.#error);
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
