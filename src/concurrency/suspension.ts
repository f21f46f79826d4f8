import { currentTask, type Interruptible } from './current-task.ts';
import type { CancelledError } from './errors.ts';
import type { Task } from './task.ts';

/** What every wait of this module takes. */
export interface WaitOptions {
  /** Ends the wait when it aborts: the wait rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * One wait of one caller: a promise that ends in exactly one of three ways: resumed with a value,
 * interrupted by the cancellation of the task it was made in, or aborted by its signal. However it
 * ends, it leaves neither a listener on the signal nor an entry in the task.
 *
 * Subclasses say in {@link abandon} what else must go when the wait ends without its value: a place
 * in a queue, a timer. Counterpart: the future that asyncio's primitives create per waiter.
 */
export abstract class Suspension<T> implements Interruptible, EventListenerObject {
  readonly promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;
  #pending = true;
  #task: Task<unknown> | undefined;
  #signal: AbortSignal | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Called when the wait ends without a value, once. */
  protected abstract abandon(): void;

  /**
   * Suspends the current task, if there is one, on this wait. A cancellation that found the task
   * between two waits is delivered here, and a signal that has aborted already ends the wait here.
   */
  begin(signal: AbortSignal | undefined): Promise<T> {
    const task = currentTask();
    const cancellation = task?.takePendingCancellation();
    if (cancellation !== undefined) {
      this.interrupt(cancellation);
    } else if (signal?.aborted) {
      this.#fail(signal.reason);
    } else {
      if (task !== undefined) {
        this.#task = task;
        task.suspendOn(this);
      }
      if (signal !== undefined) {
        this.#signal = signal;
        signal.addEventListener('abort', this);
      }
    }
    return this.promise;
  }

  /** Ends the wait with its value. Does nothing when it is over. */
  resume(value: T): void {
    if (!this.#pending) return;
    this.#end();
    this.#resolve(value);
  }

  interrupt(reason: CancelledError): boolean {
    if (!this.#pending) return false;
    this.#fail(reason);
    // A task may have started this wait without awaiting it yet (`const later = sleep(100)`), and
    // the cancellation may keep it from ever doing so. That is no unhandled failure: the task
    // itself accounts for its cancellation.
    this.promise.then(undefined, () => {});
    return true;
  }

  /** The signal's `abort` event. An object as listener saves a closure per wait. */
  handleEvent(): void {
    if (this.#pending) this.#fail(this.#signal?.reason);
  }

  #fail(reason: unknown): void {
    this.#end();
    this.abandon();
    this.#reject(reason);
  }

  #end(): void {
    this.#pending = false;
    this.#task?.resumeFrom(this);
    this.#signal?.removeEventListener('abort', this);
  }
}
