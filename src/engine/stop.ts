import { CancelledError } from '../concurrency/errors.ts';
import type { Task } from '../concurrency/task.ts';
import { currentTask } from '../concurrency/task.ts';

/**
 * The end of a run from outside, as its rows see it: once the signal aborts, each of their tasks is
 * cancelled, and its row becomes a cancelled one. There is one listener for all of them; one for
 * each wait was measured to cost a tenth of a run.
 */
export class Stop implements Disposable {
  readonly signal: AbortSignal;
  readonly #tasks = new Set<Task<unknown>>();
  #cancelled: ReadonlySet<Task<unknown>> = new Set();

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Whether the run is to end. */
  get requested(): boolean {
    return this.signal.aborted;
  }

  /** From now on a stop cancels the current task. */
  enter(): Task<unknown> | undefined {
    const task = currentTask();
    if (task !== undefined) this.#tasks.add(task);
    return task;
  }

  /** It does not any more: what the task has come to counts, whatever it was in the middle of. */
  leave(task: Task<unknown> | undefined): void {
    if (task === undefined) return;
    this.#tasks.delete(task);
    if (this.#cancelled.has(task)) task.uncancel();
  }

  [Symbol.dispose](): void {
    this.signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#cancelled = new Set(this.#tasks);
    for (const task of this.#cancelled) task.cancel('the run was stopped');
  };
}

/** Whether `error` is how a run that is stopped, or a task that is cancelled, ends its waits. */
export function isCancelled(error: unknown): boolean {
  return error instanceof CancelledError;
}
