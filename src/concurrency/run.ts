import { asyncContext } from './async-context.ts';
import { keepCallbacksApart } from './callbacks.ts';
import { completion } from './completion.ts';
import { startDebugging } from './debug.ts';
import { CancelledError, InvalidStateError } from './errors.ts';
import { reportUnseenFailures } from './failures.ts';
import {
  exitAsBySignal,
  type ProcessEvents,
  type SignalName,
  watchProcess,
} from './process-events.ts';
import { closeDefaultExecutor } from './run-in-executor.ts';
import type { WaitOptions } from './suspension.ts';
import { Task, type TaskFunction } from './task.ts';
import { newTaskScope, scopes, type TaskScope } from './task-scope.ts';
import { treeOf } from './task-tree.ts';
import { holdRejections, releaseRejections } from './unhandled.ts';
import { warn } from './warnings.ts';

/** Options of {@link run}. */
export interface RunOptions extends WaitOptions {
  /**
   * Debug mode while it lasts.
   * @default off, unless `FLAGHOIST_DEBUG=1` is in the environment
   */
  debug?: boolean | undefined;
  /**
   * The name of the main task.
   * @default 'main'
   */
  name?: string | undefined;
}

/**
 * How soon the same signal again is still the same key press: Ctrl-C in a terminal reaches every
 * process of the foreground group, and npm, for one, then passes its own on to its child.
 */
const SAME_PRESS_MS = 200;

/** Node's own code for a program that ends while its main module still waits. */
const STUCK_EXIT_CODE = 13;

/**
 * Runs `main` as a task, to its end and to that of every task that came out of it: the one entry of
 * a program. Counterpart: `asyncio.run()`.
 *
 * - SIGINT and SIGTERM, and aborting `signal`, cancel `main`; its cleanup is awaited. It may refuse,
 *   as any task may. If it does not, a signal makes the exit code of the process 130 or 143.
 * - A second signal ends the process at once, as without `run`: the cleanup may hang. (The same signal
 *   within 200 ms counts as one.)
 * - Timers, servers and other event sources that `main` starts belong to the run and to none of its
 *   tasks: cancelling `main` does not reach what their handlers wait for.
 * - When `main` has ended, tasks left over are cancelled and awaited, and so are those that their
 *   cleanup starts. The threads of `runInExecutor` are closed.
 * - However it ends, it leaves no listener, no timer and no task behind. If it cannot end because
 *   a task waits for something that nothing is left to wake, a warning names the task, once, and the
 *   exit code is 13.
 *
 * @example
 * ```ts
 * const pages = await run(async () => gather(urls.map((url) => () => fetchPage(url))));
 * ```
 *
 * @param main the program
 * @param options a signal that cancels it
 * @returns what `main` returns
 * @throws what `main` fails with. If it was cancelled, a CancelledError, whose `cause` is the name of
 *   the signal if that was SIGINT or SIGTERM; the reason of `signal` if that aborted.
 *   InvalidStateError when called inside of a task
 */
export async function run<T>(main: TaskFunction<T>, options: RunOptions = {}): Promise<T> {
  if (asyncContext.getStore()?.task !== undefined) {
    throw new InvalidStateError('run() is the entry of a program; inside of a task, await instead');
  }
  options.signal?.throwIfAborted();
  using _debugging = options.debug ? startDebugging() : undefined;
  using _callbacks = keepCallbacksApart();
  const scope = newTaskScope();
  const task = new Task(main, { name: options.name ?? 'main' }, { scope });
  using running = new Running(task, scope, options.signal);
  await completion(task);
  await endLeftovers(scope);
  await closeDefaultExecutor();
  try {
    if (task.cancelled()) options.signal?.throwIfAborted();
    return task.result();
  } catch (error) {
    const signal = running.receivedSignal;
    if (signal !== undefined && task.cancelled()) exitAsBySignal(signal, error);
    throw error;
  } finally {
    reportUnseenFailures();
  }
}

async function endLeftovers(scope: TaskScope): Promise<void> {
  for (let leftovers = [...scope]; leftovers.length > 0; leftovers = [...scope]) {
    for (const task of leftovers) task.cancel('run() ends');
    for (const task of leftovers) await completion(task);
  }
}

/** A `run()` in progress: answers to signals, to an idle process, and to the abort of its signal. */
class Running implements Disposable, ProcessEvents {
  readonly #main: Task<unknown>;
  readonly #scope: TaskScope;
  readonly #signal: AbortSignal | undefined;
  readonly #watching: Disposable;
  #first: { readonly name: SignalName; readonly at: number } | undefined;
  #isStuck = false;

  constructor(main: Task<unknown>, scope: TaskScope, signal: AbortSignal | undefined) {
    this.#main = main;
    this.#scope = scope;
    this.#signal = signal;
    this.#watching = watchProcess(this);
    scopes.add(scope);
    holdRejections();
    signal?.addEventListener('abort', this.#onAbort);
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
    scopes.delete(this.#scope);
    releaseRejections();
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  /** The first signal of the process that came while it lasts. */
  get receivedSignal(): SignalName | undefined {
    return this.#first?.name;
  }

  onSignal(name: SignalName): void {
    const now = performance.now();
    const first = this.#first;
    if (first === undefined) {
      this.#first = { name, at: now };
      this.#main.interrupt(new CancelledError(`received ${name}`, { cause: name }));
    } else if (name !== first.name || now - first.at > SAME_PRESS_MS) {
      // Without this module's listener the signal has its default effect, or that of other listeners.
      this.#watching[Symbol.dispose]();
      process.kill(process.pid, name);
    }
  }

  /** Node is about to exit, with this still running. */
  onIdle(): void {
    if (this.#isStuck) return;
    this.#isStuck = true;
    process.exitCode ??= STUCK_EXIT_CODE;
    for (const task of this.#scope)
      warn(`run() cannot end: nothing is left that could wake ${task}`, '');
  }

  onTreeWanted(): void {
    process.stderr.write(treeOf(this.#scope));
  }

  readonly #onAbort = (): void => {
    this.#main.interrupt(new CancelledError('the signal of run() aborted'));
  };
}
