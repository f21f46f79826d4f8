import { getEventListeners } from 'node:events';
import { type Interruptible, taskContext } from './current-task.ts';
import { debugging, noteEnd, noteStart } from './debug.ts';
import { type CancelledError, cancellationOf } from './errors.ts';
import { Future } from './future.ts';
import type { TaskScope } from './task-scope.ts';

/** Options of {@link createTask}. */
export interface TaskOptions {
  /** Shown in warnings and by `toString()`. Default: `Task-1`, `Task-2`, … */
  name?: string | undefined;
}

/** What a task runs: an async function, or one that returns its result at once. */
export type TaskFunction<T> = () => T | PromiseLike<T>;

const settled = Promise.resolve();
let created = 0;

/**
 * Schedules `fn` to run soon, at once with everything else that runs.
 * Counterpart: `asyncio.create_task()`.
 *
 * @returns the task: await it for the result of `fn`, or `cancel()` it
 */
export function createTask<T>(fn: TaskFunction<T>, options?: TaskOptions): Task<T> {
  return new Task(fn, options);
}

/**
 * A function running on its own, as a {@link Future} of its result. Counterpart: `asyncio.Task`.
 *
 * {@link cancel} makes a CancelledError appear at the wait where the task is suspended. It can only
 * appear at waits of this module and at what was given {@link signal}; while the task waits for
 * anything else the cancellation is kept for its next wait.
 */
export class Task<T> extends Future<T> {
  readonly #name: string | undefined;
  readonly #number: number;
  #fn: TaskFunction<T> | undefined;
  /** What the task is suspended on: nearly always one thing, so the set is made only for more. */
  #wait: Interruptible | undefined;
  #moreWaits: Set<Interruptible> | undefined;
  /** A cancellation not delivered yet. */
  #pendingCancellation: CancelledError | undefined;
  /** Cancellations asked for, less those taken back. */
  #cancelling = 0;
  #abort: AbortController | undefined;
  /** The `run()` it belongs to: the one of the task that created it. @internal */
  readonly scope: TaskScope | undefined;

  /** @param scope for the main task of a `run()`, internal to this module */
  constructor(fn: TaskFunction<T>, options?: TaskOptions, scope?: TaskScope) {
    super();
    created++;
    this.#number = created;
    this.#name = options?.name;
    this.#fn = fn;
    this.scope = scope ?? taskContext.getStore()?.scope;
    this.scope?.add(this);
    if (debugging()) noteStart(this);
    taskContext.run(this, startSoon, this);
  }

  /** The name given, or `Task-1`, `Task-2`, … */
  get name(): string {
    return this.#name ?? `Task-${this.#number}`;
  }

  /**
   * Asks the task to end. The task decides: it may catch the CancelledError, clean up (and wait
   * while doing so), and even go on, or return a value, which refuses the cancellation. A task that
   * has not started never runs. Counterpart: `Task.cancel()`.
   *
   * @returns false when the task was done already
   */
  override cancel(message?: string): boolean {
    return super.cancel(message);
  }

  /** @internal */
  override interrupt(reason: CancelledError): boolean {
    if (this.done()) return false;
    this.#cancelling++;
    const delivered = this.#deliver(reason);
    if (!delivered) this.#pendingCancellation = reason;
    this.#abort?.abort(reason);
    return true;
  }

  /** How many cancellations were asked for, less {@link uncancel}. Counterpart: `Task.cancelling()`. */
  cancelling(): number {
    return this.#cancelling;
  }

  /**
   * Takes one cancellation request back, once its CancelledError was caught and dealt with.
   * Counterpart: `Task.uncancel()`.
   * @returns how many are left
   */
  uncancel(): number {
    if (this.#cancelling > 0) this.#cancelling--;
    if (this.#cancelling === 0) this.#pendingCancellation = undefined;
    return this.#cancelling;
  }

  /**
   * Aborts when the task is cancelled, for what knows signals and not this module: `fetch`,
   * `node:fs`, `node:timers/promises`. Ask for it where it is passed on: once a cancellation was
   * delivered this is a fresh signal, so that cleanup can use it too.
   */
  get signal(): AbortSignal {
    const pending = this.#pendingCancellation;
    if (this.#abort === undefined || (this.#abort.signal.aborted && pending === undefined)) {
      this.#abort = new AbortController();
      if (pending !== undefined) this.#abort.abort(pending);
    }
    return this.#abort.signal;
  }

  /** A task's result comes from its function. @throws TypeError always */
  override setResult(_value: T): never {
    throw new TypeError(`${this} takes its result from its function`);
  }

  /** A task's failure comes from its function. @throws TypeError always */
  override setException(_error: unknown): never {
    throw new TypeError(`${this} takes its failure from its function`);
  }

  override get [Symbol.toStringTag](): string {
    return 'Task';
  }

  protected override describe(): string[] {
    const [state = '', ...rest] = super.describe();
    const cancelling = !this.done() && this.#cancelling > 0;
    const words = [cancelling ? 'cancelling' : state, `name='${this.name}'`, ...rest];
    if (this.#fn?.name) words.push(`fn=${this.#fn.name}`);
    return words;
  }

  /** The task is suspended on `wait` until {@link resumeFrom}. @internal */
  suspendOn(wait: Interruptible): void {
    if (this.#wait === undefined) this.#wait = wait;
    else if (this.#wait !== wait) {
      this.#moreWaits ??= new Set();
      this.#moreWaits.add(wait);
    }
  }

  /** `wait` is over. @internal */
  resumeFrom(wait: Interruptible): void {
    if (this.#wait === wait) this.#wait = undefined;
    else this.#moreWaits?.delete(wait);
  }

  /** Takes back the cancellation that {@link interrupt} made with `reason`. @internal */
  withdraw(reason: CancelledError): void {
    this.uncancel();
    if (this.#pendingCancellation === reason) this.#pendingCancellation = undefined;
  }

  /** Whether a cancellation has reached nothing yet that would show it. @internal */
  get hasPendingCancellation(): boolean {
    return this.#pendingCancellation !== undefined;
  }

  /** The cancellation that found the task between two waits, for the wait now beginning. @internal */
  takePendingCancellation(): CancelledError | undefined {
    const pending = this.#pendingCancellation;
    this.#pendingCancellation = undefined;
    return pending;
  }

  /** Called once, soon after the creation, in the task's own context. @internal */
  start(): void {
    if (this.#pendingCancellation !== undefined) {
      this.endCancelled(this.#pendingCancellation);
      return;
    }
    const fn = this.#fn as TaskFunction<T>;
    try {
      // An async function in place of these two closures reads better, and was measured: no faster,
      // and 160 bytes more for each task that waits.
      Promise.resolve(fn()).then(
        (value) => this.#succeed(value),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  #succeed(value: T): void {
    // As in asyncio: a cancellation that never reached the function cancels the task at its end.
    if (this.#pendingCancellation !== undefined) this.endCancelled(this.#pendingCancellation);
    else super.setResult(value);
  }

  #fail(error: unknown): void {
    const cancellation = cancellationOf(error);
    if (cancellation !== undefined) this.endCancelled(cancellation);
    else super.setException(error);
  }

  protected override ended(): void {
    this.#fn = undefined;
    this.scope?.delete(this);
    if (debugging()) noteEnd(this);
  }

  /** @returns whether something the task is suspended on will show the cancellation */
  #deliver(reason: CancelledError): boolean {
    const heard = this.#signalHeard();
    const wait = this.#wait;
    // A wait leaves the task as it is interrupted, so this goes over a copy.
    const more = this.#moreWaits === undefined ? [] : [...this.#moreWaits];
    let delivered = wait?.interrupt(reason) ?? false;
    for (const each of more) if (each.interrupt(reason)) delivered = true;
    return delivered || heard;
  }

  #signalHeard(): boolean {
    return this.#abort !== undefined && getEventListeners(this.#abort.signal, 'abort').length > 0;
  }
}

/** Soon, not at once: whoever creates a task goes on first. Called in the context of `task`. */
function startSoon(task: Task<unknown>): void {
  settled.then(() => task.start());
}
