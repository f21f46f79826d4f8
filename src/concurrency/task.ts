import { inspect } from 'node:util';
import { asyncContext, type ContextSwitch, runningTask, type Scope } from './async-context.ts';
import { debugging, noteCreator, noteEnd, noteFailure, noteStart } from './debug.ts';
import { cancellationOf } from './errors.ts';
import { Future } from './future.ts';
import { Interruptible } from './interruptible.ts';
import { keepShape } from './shapes.ts';
import { isTurnOverdue, nextTurn } from './turn.ts';

/** Options of {@link createTask}. */
export interface TaskOptions {
  /**
   * Shown in warnings and by `toString()`.
   * @default `Task-1`, `Task-2`, …
   */
  name?: string | undefined;
}

/** What a task runs: an async function, or one that returns its result at once. */
export type TaskFunction<T> = () => T | PromiseLike<T>;

/** For the constructor of {@link Task}, in this module only. */
interface InternalOptions {
  readonly scope?: Scope;
  /** Whether the constructor calls the function, in place of a later microtask. */
  readonly isEager?: boolean;
  /** As `isEager`, for code that makes many of them. @internal */
  readonly contextSwitch?: ContextSwitch;
  /** Called when the task has a result and ends as cancelled all the same. */
  readonly giveBack?: () => void;
}

const settled = Promise.resolve();
let created = 0;

/**
 * A function running on its own, as a {@link Future} of its result. Counterpart: `asyncio.Task`.
 *
 * {@link cancel} makes a CancelledError appear at the `await` where the task is suspended. It can only
 * appear at waits of this module and at what was given {@link signal}; while the task awaits anything
 * else, or if it cannot be known whether the error arrived, the cancellation is for its next wait.
 *
 * @example
 * ```ts
 * const task = new Task(() => sleep(60_000));
 * task.cancel();
 * await task; // CancelledError
 * ```
 */
export class Task<T> extends Interruptible<T> {
  /** The name given, or the number for one. */
  readonly #name: string | number;
  #fn: TaskFunction<T> | undefined;
  /** The `run()` it belongs to: the one of the task that created it. @internal */
  readonly scope: Scope | undefined;

  /** @param internal for the main task of a `run()`, and for waits that begin at once */
  constructor(fn: TaskFunction<T>, options?: TaskOptions, internal?: InternalOptions) {
    if (typeof fn !== 'function') throw new TypeError(expectedFunction(fn));
    super(internal?.giveBack);
    created++;
    this.#name = options?.name ?? created;
    this.#fn = fn;
    this.scope = internal?.scope ?? asyncContext.getStore()?.scope;
    this.scope?.add(this);
    if (debugging()) {
      noteStart(this);
      noteCreator(this, runningTask());
    }
    if (internal?.contextSwitch !== undefined) internal.contextSwitch.run(this, start);
    else if (internal?.isEager) asyncContext.run(this, start, this);
    else startSoon(this);
  }

  /** As an async context it is its own task. @internal */
  get task(): this {
    return this;
  }

  /** The name given, or `Task-1`, `Task-2`, … */
  get name(): string {
    return typeof this.#name === 'string' ? this.#name : `Task-${this.#name}`;
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
    const cancelling = !this.done() && this.cancelling() > 0;
    const words = [cancelling ? 'cancelling' : state, `name='${this.name}'`, ...rest];
    if (this.#fn?.name) words.push(`fn=${this.#fn.name}`);
    return words;
  }

  /** Called once, soon after the creation, in the task's own context. @internal */
  start(): void {
    const pending = this.pendingInterruption;
    if (pending !== undefined) {
      this.endCancelled(pending.reason);
      return;
    }
    const fn = this.#fn as TaskFunction<T>;
    try {
      const result = fn();
      if (result instanceof Future) result.whenDone(succeed, fail);
      else Promise.resolve(result).then(succeed, fail);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The function has returned `value`. @internal */
  succeed(value: T): void {
    // As in asyncio: a cancellation that never reached the function cancels the task at its end.
    const pending = this.pendingInterruption;
    if (pending === undefined || pending.isDelivered) super.setResult(value);
    else {
      this.dropResult(value);
      this.endCancelled(pending.reason);
    }
  }

  /** The function has thrown `error`. @internal */
  fail(error: unknown): void {
    const cancellation = cancellationOf(error);
    if (cancellation !== undefined) this.endCancelled(cancellation);
    else {
      if (debugging()) noteFailure(this, error, this.#awaitingTasks());
      super.setException(error);
    }
  }

  /** The task that awaits this one, the task that awaits that one, and so on. */
  #awaitingTasks(): Set<Task<unknown>> {
    const tasks = new Set<Task<unknown>>([this]);
    for (const task of tasks)
      for (const by of task.observers()) if (by instanceof Task) tasks.add(by);
    tasks.delete(this);
    return tasks;
  }

  protected override ended(): void {
    super.ended();
    this.#fn = undefined;
    this.scope?.delete(this);
    if (debugging()) noteEnd(this);
  }
}

function start(task: Task<unknown>): void {
  task.start();
}

/**
 * In a later microtask: the code that creates a task goes on first. The microtask enters the context of
 * the task, and with its end that is left. `run()` would make a second context, to go back to.
 */
function startSoon(task: Task<unknown>): void {
  if (isTurnOverdue()) nextTurn(() => asyncContext.run(task, start, task));
  else
    settled.then(() => {
      asyncContext.enterWith(task);
      task.start();
    });
}

/**
 * Called in the context of the task whose function has returned `value`. With the task found there, every
 * task is served by the same two functions: two closures for each took 170 bytes while it was suspended.
 */
function succeed(value: unknown): void {
  (asyncContext.getStore() as Task<unknown>).succeed(value);
}

/** Called in the context of the task whose function has thrown `error`. */
function fail(error: unknown): void {
  (asyncContext.getStore() as Task<unknown>).fail(error);
}

function expectedFunction(value: unknown): string {
  const isPromise = value instanceof Promise;
  const what = isPromise ? 'a promise, whose function runs already' : inspect(value, { depth: 0 });
  return `createTask() takes a function to run, as in createTask(() => work()), not ${what}`;
}

keepShape(new Task(() => {}, undefined, { isEager: true }));
created = 0;
