import { currentTask } from './current-task.ts';
import { CancelledError, cancellationOf, InvalidStateError } from './errors.ts';
import type { DoneObserver, Future } from './future.ts';
import type { WaitOptions } from './suspension.ts';
import { createTask, type Task, type TaskFunction, type TaskOptions } from './task.ts';
import { WaitQueue } from './wait-queue.ts';

/**
 * Tasks that belong together: the block ends only when all of them have, their cleanup included.
 * Counterpart: `asyncio.TaskGroup`.
 *
 * ```ts
 * {
 *   await using group = new TaskGroup();
 *   group.createTask(() => fetchOne());
 *   group.createTask(() => fetchOther());
 * } // waits for both
 * ```
 *
 * - The first failure of a task cancels its siblings, and interrupts the block itself should it be
 *   suspended. The end of the block throws that failure, or an AggregateError of all failures if
 *   there are more, the first one first. A task that was cancelled is no failure.
 * - Cancelling the task that the block runs in, or aborting the signal, cancels all tasks of the
 *   group; the end of the block then throws the CancelledError, or the signal's reason.
 * - `await using` cannot know that the block itself threw: then the tasks are waited for, not
 *   cancelled. And what the end of the block throws while the block throws comes as a
 *   SuppressedError, whose `error` it is. {@link TaskGroup.run} has neither of these limits.
 */
export class TaskGroup implements AsyncDisposable {
  /** The task that the block runs in. */
  readonly #parent = currentTask();
  readonly #parentCancelledBefore = this.#parent?.cancelling() ?? 0;
  readonly #signal: AbortSignal | undefined;
  readonly #children = new Set<Task<unknown>>();
  readonly #observer: DoneObserver = { resumeFrom: (child) => this.#childEnded(child) };
  readonly #failures: unknown[] = [];
  /** Whoever waits for the last child to end. */
  readonly #allEnded = new WaitQueue<void>();
  #state: 'open' | 'closing' | 'closed' = 'open';
  #cancelled = false;
  /** The cancellation of the parent that came from here, and is to be taken back. */
  #interruption: CancelledError | undefined;

  constructor(options: WaitOptions = {}) {
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#abort);
    if (this.#signal?.aborted) this.#abort();
  }

  /**
   * Runs `body` with a group, and ends when it and all tasks of the group have. A failure of `body`
   * counts like one of a task: it cancels them.
   *
   * @returns what `body` returns
   * @throws as the end of a block does
   */
  static async run<T>(
    body: (group: TaskGroup) => T | PromiseLike<T>,
    options: WaitOptions = {},
  ): Promise<T> {
    const group = new TaskGroup(options);
    try {
      const result = await body(group);
      await group.#end();
      return result;
    } catch (error) {
      if (group.#state === 'closed') throw error;
      group.#bodyFailed(error);
      await group.#end();
      // There was no failure, so this is a cancellation: the parent's, for all that it has left.
      throw error;
    }
  }

  /**
   * Runs `fn` as a task of this group.
   * @throws InvalidStateError when the group is being cancelled or has ended
   */
  createTask<T>(fn: TaskFunction<T>, options?: TaskOptions): Task<T> {
    if (this.#state === 'closed') throw new InvalidStateError('the task group has ended');
    if (this.#cancelled) throw new InvalidStateError('the task group is being cancelled');
    const task = createTask(fn, options);
    this.#children.add(task);
    task.observe(this.#observer);
    return task;
  }

  /** Cancels every task of the group. The block goes on. */
  cancel(message?: string): void {
    this.#cancelChildren(new CancelledError(message));
  }

  /** Waits until all tasks have ended. */
  [Symbol.asyncDispose](): Promise<void> {
    if (this.#parentWasCancelled()) this.cancel('the task of the block was cancelled');
    return this.#end();
  }

  #childEnded(child: Future<unknown>): void {
    this.#children.delete(child as Task<unknown>);
    if (child.failed()) {
      this.#failures.push(child.exception());
      const reason = new CancelledError(`a sibling failed: ${child}`);
      this.#interruptParent(reason);
      this.#cancelChildren(reason);
    }
    if (this.#children.size === 0) this.#allEnded.all();
  }

  async #end(): Promise<void> {
    if (this.#state !== 'open') throw new InvalidStateError('the task group has ended');
    this.#state = 'closing';
    const cancellation = await this.#childrenEnded();
    this.#state = 'closed';
    this.#signal?.removeEventListener('abort', this.#abort);
    if (this.#interruption !== undefined) this.#parent?.withdraw(this.#interruption);
    this.#throwFailures();
    this.#signal?.throwIfAborted();
    if (cancellation !== undefined) throw cancellation;
  }

  /** @returns the cancellation that came meanwhile, if one did */
  async #childrenEnded(): Promise<CancelledError | undefined> {
    let cancellation: CancelledError | undefined;
    while (this.#children.size > 0) {
      try {
        await this.#allEnded.wait(undefined);
      } catch (error) {
        this.#cancelChildren(error as CancelledError);
        if (error !== this.#interruption) cancellation ??= error as CancelledError;
      }
    }
    return cancellation;
  }

  #throwFailures(): void {
    const [first] = this.#failures;
    if (this.#failures.length === 0) return;
    // The failures go first, but a cancellation from elsewhere must not get lost over them.
    if (this.#parentWasCancelled()) {
      this.#parent?.uncancel();
      this.#parent?.cancel();
    }
    if (this.#failures.length === 1) throw first;
    throw new AggregateError(this.#failures, `${this.#failures.length} failures in a task group`);
  }

  #bodyFailed(error: unknown): void {
    const cancellation = cancellationOf(error);
    const isNew = cancellation === undefined && !this.#failures.includes(error);
    if (isNew) this.#failures.push(error);
    this.#cancelChildren(cancellation ?? new CancelledError('the body of the task group failed'));
  }

  /** Once, as in asyncio: a second time would interrupt their cleanup. */
  #cancelChildren(reason: CancelledError): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const child of this.#children) child.interrupt(reason);
  }

  #interruptParent(reason: CancelledError): void {
    if (this.#cancelled || this.#state !== 'open' || this.#parent === undefined) return;
    this.#interruption = reason;
    this.#parent.interrupt(reason);
  }

  /** By somebody else, since the group began. */
  #parentWasCancelled(): boolean {
    const cancelled = (this.#parent?.cancelling() ?? 0) - this.#parentCancelledBefore;
    return cancelled > (this.#interruption !== undefined && this.#state !== 'closed' ? 1 : 0);
  }

  readonly #abort = (): void => {
    const reason = new CancelledError('the signal of the task group aborted');
    this.#interruptParent(reason);
    this.#cancelChildren(reason);
  };
}
