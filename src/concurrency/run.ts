import { completion } from './completion.ts';
import { taskContext } from './current-task.ts';
import { startDebugging } from './debug.ts';
import { CancelledError, InvalidStateError } from './errors.ts';
import { reportUnseenFailures } from './failures.ts';
import { closeDefaultExecutor } from './run-in-executor.ts';
import type { WaitOptions } from './suspension.ts';
import { Task, type TaskFunction } from './task.ts';
import { newTaskScope, type TaskScope } from './task-scope.ts';
import { warn } from './warnings.ts';

/** Options of {@link run}. */
export interface RunOptions extends WaitOptions {
  /** Debug mode while it lasts. Default: off, unless `FLAGHOIST_DEBUG=1` is in the environment. */
  debug?: boolean | undefined;
  /** The name of the main task. Default: `main`. */
  name?: string | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * How soon the same signal again is still the same key press: Ctrl-C in a terminal reaches every
 * process of the foreground group, and npm, for one, then passes its own on to its child.
 */
const SAME_PRESS_MS = 200;

/**
 * Runs `main` as a task, to its end and to that of every task that came out of it: the one entry of
 * a program. Counterpart: `asyncio.run()`.
 *
 * - SIGINT and SIGTERM, and aborting `signal`, cancel `main`; its cleanup is awaited. It may refuse,
 *   as any task may.
 * - A second signal ends the process at once, as if nobody listened: somebody is in a hurry, or the
 *   cleanup hangs. (The same signal within 200 ms counts as one.)
 * - When `main` has ended, tasks left over are cancelled and awaited, and so are those that their
 *   cleanup starts. The threads of `runInExecutor` are closed.
 * - However it ends, it leaves no listener, no timer and no task behind. If it cannot end because
 *   a task waits for something that nothing is left to wake, a warning names the task.
 *
 * @returns what `main` returns
 * @throws what `main` fails with. If it was cancelled, a CancelledError, whose `cause` is the name of
 *   the signal if that was SIGINT or SIGTERM; the reason of `signal` if that aborted.
 *   InvalidStateError when called inside of a task
 */
export async function run<T>(main: TaskFunction<T>, options: RunOptions = {}): Promise<T> {
  if (taskContext.getStore() !== undefined) {
    throw new InvalidStateError('run() is the entry of a program; inside of a task, await instead');
  }
  options.signal?.throwIfAborted();
  using _debugging = options.debug ? startDebugging() : undefined;
  const scope = newTaskScope();
  const task = new Task(main, { name: options.name ?? 'main' }, scope);
  using _listeners = new Listeners(task, scope, options.signal);
  await completion(task);
  await endLeftovers(scope);
  await closeDefaultExecutor();
  try {
    if (task.cancelled()) options.signal?.throwIfAborted();
    return task.result();
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

/** Everything that `run` listens to while it lasts. */
class Listeners implements Disposable {
  readonly #main: Task<unknown>;
  readonly #scope: TaskScope;
  readonly #signal: AbortSignal | undefined;
  #first: { readonly name: string; readonly at: number } | undefined;

  constructor(main: Task<unknown>, scope: TaskScope, signal: AbortSignal | undefined) {
    this.#main = main;
    this.#scope = scope;
    this.#signal = signal;
    for (const name of SIGNALS) process.on(name, this.#onSignal);
    process.on('beforeExit', this.#onIdle);
    signal?.addEventListener('abort', this.#onAbort);
  }

  [Symbol.dispose](): void {
    this.#stopSignals();
    process.off('beforeExit', this.#onIdle);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const now = performance.now();
    const first = this.#first;
    if (first === undefined) {
      this.#first = { name, at: now };
      this.#main.interrupt(new CancelledError(`received ${name}`, { cause: name }));
    } else if (name !== first.name || now - first.at > SAME_PRESS_MS) {
      // Nobody of ours listens any more, so it does what it does by default, or what others want.
      this.#stopSignals();
      process.kill(process.pid, name);
    }
  };

  readonly #onAbort = (): void => {
    this.#main.interrupt(new CancelledError('the signal of run() aborted'));
  };

  /** Node is about to exit, with this still running. */
  readonly #onIdle = (): void => {
    for (const task of this.#scope)
      warn(`run() cannot end: nothing is left that could wake ${task}`, '');
  };

  #stopSignals(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }
}
