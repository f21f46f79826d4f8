import { CancelledError, currentTask, type Task } from '../concurrency/index.ts';

/**
 * Stops a run: once the signal aborts, the tasks of its rows are cancelled, and their rows end as
 * cancelled. All tasks share one listener: one for each wait was measured to cost a tenth of a run.
 */
export class Stop implements Disposable {
  readonly signal: AbortSignal;
  readonly #tasks = new Set<Task<unknown>>();
  #cancelled: ReadonlySet<Task<unknown>> = new Set();

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Whether the run was stopped. */
  get requested(): boolean {
    return this.signal.aborted;
  }

  /** From now on, a stop cancels the current task. @returns that task, for {@link leave} */
  enter(): Task<unknown> | undefined {
    const task = currentTask();
    if (task !== undefined) this.#tasks.add(task);
    return task;
  }

  /** From now on, a stop does not cancel the task. If it was cancelled just now, that is taken back. */
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

/** Whether `error` is the end of a wait in a run that was stopped, or in a task that was cancelled. */
export function isCancelled(error: unknown): boolean {
  return error instanceof CancelledError;
}
