import { availableParallelism } from 'node:os';
import type { Callable } from './compile-function.ts';
import { InvalidStateError } from './errors.ts';
import { ExecutorThread } from './executor-thread.ts';
import { Future } from './future.ts';
import type { WaitOptions } from './suspension.ts';
import {
  type AnyFunction,
  type Call,
  type ModuleFunction,
  type Transferable,
  toCall,
} from './thread-call.ts';
import { warnOf } from './warnings.ts';
import { checkWholeNumber } from './whole-number.ts';

/** Options of {@link ThreadExecutor}. */
export interface ThreadExecutorOptions {
  /**
   * How many calls may run at a time. A whole number ≥ 1.
   * @default the number of processors
   */
  maxThreads?: number | undefined;
}

/** Options of {@link ThreadExecutor.submit}. */
export interface SubmitOptions extends WaitOptions {
  /**
   * Objects in the arguments to move to the thread instead of copying them, as in
   * `node:worker_threads`. The caller cannot use them afterwards.
   * @default none
   */
  transfer?: readonly Transferable[] | undefined;
}

/** Options of {@link runInExecutor}. */
export interface RunInExecutorOptions extends SubmitOptions {
  /**
   * The pool to run on.
   * @default one shared by all calls, closed when `run()` ends
   */
  executor?: ThreadExecutor | undefined;
}

/**
 * Runs functions that would block the event loop, or keep it busy, on a pool of threads. Counterpart:
 * `concurrent.futures.ThreadPoolExecutor`.
 *
 * How a function gets to a thread: threads share no code and no variables. A function goes as its
 * source text, so it must be complete in itself (arguments, globals and `await import()` are all it
 * has); one that needs more is named as `{ module, name }`. Arguments and results are copied, as
 * `structuredClone` does, the arguments when the call starts; a SharedArrayBuffer is shared. Errors
 * keep their properties too, as far as these can be copied, and the built-in class they are of.
 *
 * Threads start when they are needed. An idle one does not keep the process alive.
 *
 * @example
 * ```ts
 * await using executor = new ThreadExecutor({ maxThreads: 2 });
 * const sums = await gather(files.map((file) => executor.submit(sha256, [file])));
 * ```
 */
export class ThreadExecutor implements AsyncDisposable {
  /** How many calls may run at a time. */
  readonly maxThreads: number;
  readonly #waiting = new Set<Job<unknown>>();
  readonly #threads = new Set<ExecutorThread>();
  readonly #idle: ExecutorThread[] = [];
  #closed = false;

  /** @throws TypeError when `maxThreads` is no number; RangeError when it is no whole number ≥ 1 */
  constructor({ maxThreads = availableParallelism() }: ThreadExecutorOptions = {}) {
    this.maxThreads = checkWholeNumber('maxThreads', maxThreads, 1);
  }

  /**
   * Calls `fn` with `args` on a thread, first come, first served.
   *
   * @returns a future of what it returns, or of what the promise it returns resolves to. Cancelled
   *   before the call started, the call is never made. Once it runs nothing can stop it: the future
   *   is cancelled, the call goes on to its end, and a failure of it surfaces as a warning.
   * @throws InvalidStateError when the executor is closed; TypeError when the function's text is not
   *   complete in itself, or the module is neither a URL nor an absolute path; DataCloneError when
   *   `transfer` has what cannot be moved. Arguments or a result that cannot be copied are a failure
   *   of the future, a DataCloneError too, and so is the signal's reason
   */
  submit<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: NoInfer<A>,
    options?: SubmitOptions,
  ): Future<Awaited<R>>;
  submit<F extends AnyFunction = Callable>(
    fn: ModuleFunction,
    args: Parameters<F>,
    options?: SubmitOptions,
  ): Future<Awaited<ReturnType<F>>>;
  submit(
    fn: ModuleFunction | AnyFunction,
    args: readonly unknown[],
    options: SubmitOptions = {},
  ): Future<unknown> {
    if (this.#closed) throw new InvalidStateError('the executor is closed');
    const call = toCall(fn, args, options.transfer);
    const job = new Job(fn.name, call, (ended) => this.#waiting.delete(ended), options);
    if (!job.done()) {
      this.#waiting.add(job);
      this.#startNext();
    }
    return job;
  }

  /** Takes no more calls, and ends when all that were submitted have ended, and the threads too. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#idle.length > 0) this.#idle.pop()?.close();
    // More than once: a thread that breaks makes room for one that goes on with what waits.
    while (this.#threads.size > 0) {
      await Promise.all([...this.#threads].map((thread) => thread.ended));
    }
  }

  /** Closes the executor: see {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** For example `<ThreadExecutor threads=2 maxThreads=8 waiting=3>`. */
  toString(): string {
    const words = [`threads=${this.#threads.size}`, `maxThreads=${this.maxThreads}`];
    if (this.#waiting.size > 0) words.push(`waiting=${this.#waiting.size}`);
    return `<ThreadExecutor ${words.join(' ')}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #startNext(): void {
    const [job] = this.#waiting;
    if (job === undefined) return;
    const thread = this.#idleThread() ?? this.#newThread();
    if (thread === undefined) return;
    this.#waiting.delete(job);
    job.runOn(thread, () => this.#freed(thread));
  }

  #idleThread(): ExecutorThread | undefined {
    let thread = this.#idle.pop();
    while (thread?.broken) thread = this.#idle.pop();
    return thread;
  }

  #newThread(): ExecutorThread | undefined {
    if (this.#threads.size >= this.maxThreads) return undefined;
    const thread = new ExecutorThread();
    this.#threads.add(thread);
    // One that broke makes room for another.
    thread.ended.then(() => {
      this.#threads.delete(thread);
      this.#startNext();
    });
    return thread;
  }

  #freed(thread: ExecutorThread): void {
    if (this.#closed && this.#waiting.size === 0) thread.close();
    else if (!thread.broken) this.#idle.push(thread);
    this.#startNext();
  }
}

/** One call of a function, as the future of its result. */
class Job<R> extends Future<R> {
  readonly #name: string;
  readonly #call: Call;
  readonly #onEnd: (job: Job<unknown>) => void;
  readonly #signal: AbortSignal | undefined;
  #threadId: number | undefined;

  constructor(
    name: string,
    call: Call,
    onEnd: (job: Job<unknown>) => void,
    { signal }: WaitOptions,
  ) {
    super();
    this.#name = name;
    this.#call = call;
    this.#onEnd = onEnd;
    this.#signal = signal;
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort);
  }

  /** Has the call made on `thread`, and `freed` called when that is over. */
  runOn(thread: ExecutorThread, freed: () => void): void {
    this.#threadId = thread.id;
    thread.call(this.#call, (outcome) => {
      if (this.done()) {
        if (!outcome.ok) warnOf('a call on a thread failed after its wait was over', outcome.error);
      } else if (outcome.ok) this.setResult(outcome.value as R);
      else this.setException(outcome.error);
      freed();
    });
  }

  override get [Symbol.toStringTag](): string {
    return 'Job';
  }

  protected override describe(): string[] {
    const words = super.describe();
    if (this.#threadId !== undefined) words.push(`thread=${this.#threadId}`);
    if (this.#name !== '') words.push(`fn=${this.#name}`);
    return words;
  }

  protected override ended(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#onEnd(this);
  }

  readonly #abort = (): void => this.setException(this.#signal?.reason);
}
