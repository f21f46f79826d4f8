import { CancelledError, currentTask, type Task } from '../concurrency/index.ts';
import { RevokedError } from '../model/revoked-error.ts';

/** Requests in flight that a run may have to end, all of them at once. */
export class RevocableRequests {
  readonly #tasks = new Set<Task<unknown>>();
  readonly #revoked = new Set<Task<unknown>>();

  /**
   * Sends a request as a part of the current task.
   * @throws RevokedError when {@link revoke} has ended it; the task's CancelledError; as `request`
   */
  async send<T>(request: () => Promise<T>): Promise<T> {
    const task = currentTask();
    if (task === undefined) return await request();
    this.#tasks.add(task);
    try {
      return await request();
    } catch (error) {
      const isRevoked = error instanceof CancelledError && this.#leave(task);
      throw isRevoked && task.cancelling() === 0 ? new RevokedError({ cause: error }) : error;
    } finally {
      this.#leave(task);
    }
  }

  /** Ends the requests that are in flight now. */
  revoke(): void {
    const tasks = [...this.#tasks];
    for (const task of tasks) this.#revoked.add(task);
    for (const task of tasks) task.cancel('the share of the origin has run out');
  }

  /** A cancellation of a request that has ended by itself is taken back. @returns whether there was one */
  #leave(task: Task<unknown>): boolean {
    this.#tasks.delete(task);
    if (!this.#revoked.delete(task)) return false;
    task.uncancel();
    return true;
  }
}
