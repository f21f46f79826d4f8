import type { Callable } from './compile-function.ts';
import type { Future } from './future.ts';
import type { AnyFunction, ModuleFunction } from './thread-call.ts';
import { type RunInExecutorOptions, ThreadExecutor } from './thread-executor.ts';

let shared: ThreadExecutor | undefined;

/**
 * Calls `fn` with `args` on another thread. It is for code that blocks or keeps the processor busy. The
 * function must be complete in itself, or named as `{ module, name }`: see {@link ThreadExecutor}.
 * Counterpart: `loop.run_in_executor()`. `toThread` is shorter, and has no options.
 *
 * @example
 * ```ts
 * const digest = await runInExecutor(sha256, [path]);
 * ```
 *
 * @param fn complete in itself, or its module and name
 * @param args are copied; see the option `transfer`
 * @param options the executor, objects to move, and a signal
 * @returns a future of its result; `ThreadExecutor.submit` says what cancelling does
 * @throws as `ThreadExecutor.submit` does
 */
export function runInExecutor<A extends unknown[], R>(
  fn: (...args: A) => R,
  args: NoInfer<A>,
  options?: RunInExecutorOptions,
): Future<Awaited<R>>;
export function runInExecutor<F extends AnyFunction = Callable>(
  fn: ModuleFunction,
  args: Parameters<F>,
  options?: RunInExecutorOptions,
): Future<Awaited<ReturnType<F>>>;
export function runInExecutor(
  fn: ModuleFunction | AnyFunction,
  args: unknown[],
  options: RunInExecutorOptions = {},
): Future<unknown> {
  shared ??= new ThreadExecutor();
  const executor = options.executor ?? shared;
  // The implementation takes both kinds of functions; callers see the overloads.
  return executor.submit(fn as ModuleFunction, args, options);
}

/** Ends the threads that `runInExecutor` has started; the next call starts new ones. */
export async function closeDefaultExecutor(): Promise<void> {
  const executor = shared;
  shared = undefined;
  await executor?.close();
}
