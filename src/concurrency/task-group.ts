import { createTask, currentTask } from './create-task.ts';
import { CancelledError, cancellationOf, InvalidStateError } from './errors.ts';
import { forgetFailuresBy } from './failures.ts';
import type { DoneObserver, Future } from './future.ts';
import type { Interruption } from './interruption.ts';
import type { WaitOptions } from './suspension.ts';
import type { Task, TaskFunction, TaskOptions } from './task.ts';
import { nextTurn } from './turn.ts';
import { accountFor, forget, holdRejections, releaseRejections } from './unhandled.ts';
import { WaitQueue } from './wait-queue.ts';
import { warnOf } from './warnings.ts';

/** Options of {@link TaskGroup}. */
export interface TaskGroupOptions extends WaitOptions {
  /**
   * What becomes of tasks that still run when the block ends: they are waited for, or cancelled and
   * then waited for (helpers of the block, such as a progress bar).
   * @default 'wait'
   */
  atEnd?: 'wait' | 'cancel' | undefined;
}

/**
 * Tasks that belong together: the block ends only when all of them have, their cleanup included.
 * Counterpart: `asyncio.TaskGroup`.
 *
 * - The first failure of a task cancels its siblings, and the code of the block sees that failure at the
 *   `await` where it is suspended. The group ends with it, or with an AggregateError of all failures if
 *   there are more, the first one first. A task that was cancelled is no failure.
 * - Cancelling the task that the block runs in, or aborting the signal, cancels all tasks of the
 *   group; the group then ends with the CancelledError, or the signal's reason.
 * - As `await using group = new TaskGroup()` it is a block of the function it stands in. The end of such a
 *   block cannot know whether the block threw: the tasks are then waited for, unless `atEnd` is
 *   `'cancel'`. A failure that the block was shown is not thrown a second time; one more is a warning.
 *   {@link TaskGroup.run} has none of these limits.
 *
 * @example
 * ```ts
 * const pages = await TaskGroup.run(async (group) => {
 *   const tasks = urls.map((url) => group.createTask(() => fetchPage(url)));
 *   return Promise.all(tasks);
 * });
 * ```
 */
export class TaskGroup implements AsyncDisposable {
  /** The task that the block runs in. */
  readonly #parent = currentTask();
  readonly #parentCancelledBefore = this.#parent?.cancelling() ?? 0;
  readonly #signal: AbortSignal | undefined;
  readonly #atEnd: 'wait' | 'cancel';
  readonly #children = new Set<Task<unknown>>();
  readonly #observer: DoneObserver = { resumeFrom: (child) => this.#childEnded(child) };
  readonly #failures: unknown[] = [];
  /** The block, while it waits for the last child to end. */
  readonly #allEnded = new WaitQueue<void>();
  #state: 'open' | 'closing' | 'closed' = 'open';
  #cancelled = false;
  /** The cancellation of the parent that came from here, and is to be taken back. */
  #interruption: Interruption | undefined;

  constructor(options: TaskGroupOptions = {}) {
    this.#signal = options.signal;
    this.#atEnd = options.atEnd ?? 'wait';
    this.#signal?.addEventListener('abort', this.#abort);
    if (this.#signal?.aborted) this.#abort();
  }

  /**
   * Runs `body` with a group, and ends when it and all tasks of the group have. A failure of `body`
   * counts like one of a task: it cancels them at once. Outside of any task, `body` runs as one of its own.
   *
   * @returns what `body` returns
   * @throws the failure, or an AggregateError of them; the task's CancelledError, or the signal's reason
   */
  static async run<T>(
    body: (group: TaskGroup) => T | PromiseLike<T>,
    options: TaskGroupOptions = {},
  ): Promise<T> {
    if (currentTask() !== undefined) return TaskGroup.#runInTask(body, options);
    return createTask(() => TaskGroup.#runInTask(body, options), { name: 'TaskGroup.run' });
  }

  static async #runInTask<T>(
    body: (group: TaskGroup) => T | PromiseLike<T>,
    options: TaskGroupOptions,
  ): Promise<T> {
    const group = new TaskGroup(options);
    let result: T;
    try {
      result = await body(group);
    } catch (error) {
      group.#bodyFailed(error);
      await group.#end();
      group.#throwFailures();
      // There was no failure, so this is a cancellation: the parent's, for all that it has left.
      throw error;
    }
    const cancellation = await group.#end();
    group.#throwFailures();
    if (cancellation !== undefined) throw cancellation;
    return result;
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

  /** Waits until all tasks have ended. @throws as {@link TaskGroup.run} does */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#parentWasCancelled()) this.cancel('the task of the block was cancelled');
    const cancellation = await this.#end();
    // The block has seen the first failure, and has thrown or caught it.
    if (this.#interruption?.isSeen && this.#failures.length > 0) {
      for (const failure of this.#failures.slice(1))
        warnOf('one more failure in a task group', failure);
    } else this.#throwFailures();
    if (cancellation !== undefined) throw cancellation;
  }

  /** For example `<TaskGroup open tasks=3>`. */
  toString(): string {
    const state = this.#state === 'open' && this.#cancelled ? 'cancelling' : this.#state;
    return `<TaskGroup ${state} tasks=${this.#children.size}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #childEnded(child: Future<unknown>): void {
    this.#children.delete(child as Task<unknown>);
    if (child.failed()) this.#childFailed(child);
    if (this.#children.size === 0) this.#allEnded.all();
  }

  #childFailed(child: Future<unknown>): void {
    const failure = child.exception();
    // What was derived from the child and is not awaited, such as `return Promise.all(tasks)`.
    if (this.#failures.length === 0) holdRejections();
    accountFor(failure, () => {
      if (this.#interruption !== undefined) this.#interruption.isSeen = false;
    });
    this.#failures.push(failure);
    const reason = new CancelledError(`a sibling failed: ${child}`);
    this.#interruptParent(reason, failure);
    this.#cancelChildren(reason, failure);
  }

  /** @returns the cancellation that came meanwhile, if one did */
  async #end(): Promise<CancelledError | undefined> {
    if (this.#state !== 'open') throw new InvalidStateError('the task group has ended');
    this.#state = 'closing';
    if (this.#atEnd === 'cancel') this.cancel('the block of the task group has ended');
    const cancellation = await this.#childrenEnded();
    if (this.#failures.length > 0) await this.#settleFailures();
    this.#state = 'closed';
    this.#signal?.removeEventListener('abort', this.#abort);
    if (this.#interruption !== undefined) this.#parent?.withdraw(this.#interruption.reason);
    if (this.#failures.length === 0) this.#signal?.throwIfAborted();
    return cancellation;
  }

  /**
   * Waits until the event loop has turned. By then it is known whether the block has seen the failure,
   * and what was derived from the tasks and is not awaited has been reported, and passed over. From then
   * on the failures are like any other.
   */
  async #settleFailures(): Promise<void> {
    await new Promise<void>((done) => nextTurn(done));
    for (const failure of this.#failures) {
      forget(failure);
      forgetFailuresBy(failure);
    }
    releaseRejections();
  }

  /** @returns the cancellation that came meanwhile, if one did */
  async #childrenEnded(): Promise<CancelledError | undefined> {
    let cancellation: CancelledError | undefined;
    while (this.#children.size > 0) {
      try {
        await this.#allEnded.wait(undefined);
      } catch (error) {
        this.#cancelChildren(error as CancelledError);
        if (error !== this.#interruption?.reason) cancellation ??= error as CancelledError;
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
    if (isNew) {
      if (this.#failures.length === 0) holdRejections();
      this.#failures.push(error);
    }
    this.#cancelChildren(
      cancellation ?? new CancelledError('the body of the task group failed'),
      error,
    );
  }

  /**
   * Once, as in asyncio: a second time would interrupt their cleanup.
   * @param thrown what awaiting one of them throws then
   */
  #cancelChildren(reason: CancelledError, thrown: unknown = reason): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const child of this.#children) child.interrupt(reason, thrown);
  }

  #interruptParent(reason: CancelledError, failure: unknown): void {
    if (this.#cancelled || this.#state !== 'open' || this.#parent === undefined) return;
    this.#interruption = this.#parent.interruptWith(failure, reason);
  }

  /** By other code, since the group began. */
  #parentWasCancelled(): boolean {
    const cancelled = (this.#parent?.cancelling() ?? 0) - this.#parentCancelledBefore;
    return cancelled > (this.#interruption !== undefined && this.#state !== 'closed' ? 1 : 0);
  }

  readonly #abort = (): void => {
    const reason = new CancelledError('the signal of the task group aborted');
    this.#interruptParent(reason, reason);
    this.#cancelChildren(reason);
  };
}
