import { currentTask, type Interruptible } from './current-task.ts';
import type { CancelledError } from './errors.ts';
import type { Task } from './task.ts';

/** What every wait of this module takes. */
export interface WaitOptions {
  /** Ends the wait when it aborts: the wait rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * One wait of one caller: a promise that ends in exactly one way: resumed with a value, failed with
 * what it waits for, interrupted by the cancellation of the task it was made in, or aborted by its
 * signal. However it ends, it leaves neither a listener on the signal nor an entry in the task.
 *
 * Subclasses say in {@link abandon} what else must go when the wait is given up: a place in a queue,
 * a timer. Counterpart: the future that asyncio's primitives create per waiter.
 */
export abstract class Suspension<T> implements Interruptible, EventListenerObject {
  readonly #deferred = Promise.withResolvers<T>();
  #pending = true;
  #task: Task<unknown> | undefined;
  #signal: AbortSignal | undefined;

  /** Called once, when the wait is interrupted or aborted. */
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
      this.#giveUp(signal.reason);
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
    return this.#deferred.promise;
  }

  /** Ends the wait with its value. Does nothing when it is over. */
  resume(value: T): void {
    if (!this.#pending) return;
    this.#end();
    this.#deferred.resolve(value);
  }

  interrupt(reason: CancelledError): boolean {
    if (!this.#pending) return false;
    // A task may have started this wait without awaiting it yet (`const later = sleep(100)`), and
    // the cancellation may keep it from ever doing so. That is no unhandled failure: the task
    // itself accounts for its cancellation.
    this.#deferred.promise.then(undefined, ignore);
    this.#giveUp(reason);
    return true;
  }

  /** The signal's `abort` event. An object as listener saves a closure per wait. */
  handleEvent(): void {
    if (this.#pending) this.#giveUp(this.#signal?.reason);
  }

  /** Ends the wait with the failure of what it waits for. Does nothing when it is over. */
  fail(error: unknown): void {
    if (!this.#pending) return;
    this.#end();
    this.#deferred.reject(error);
  }

  #giveUp(reason: unknown): void {
    this.#end();
    this.abandon();
    this.#deferred.reject(reason);
  }

  #end(): void {
    this.#pending = false;
    this.#task?.resumeFrom(this);
    this.#signal?.removeEventListener('abort', this);
  }
}

function ignore(): void {}
