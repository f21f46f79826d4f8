import type { Future } from './future.ts';
import { type RunInExecutorOptions, ThreadExecutor } from './thread-executor.ts';
import type { ModuleFunction } from './thread-function.ts';

let shared: ThreadExecutor | undefined;

/**
 * Has `fn` called on a thread with `args`: for what blocks, or keeps the processor busy. The
 * function must be complete in itself, or named as `{ module, name }`: see {@link ThreadExecutor}.
 * Counterpart: `loop.run_in_executor()` and `asyncio.to_thread()`.
 *
 * ```ts
 * const digest = await runInExecutor(sha256, [path]);
 * ```
 *
 * @returns a future of its result; `ThreadExecutor.submit` says what cancelling does
 */
export function runInExecutor<A extends unknown[], R>(
  fn: (...args: A) => R,
  args: NoInfer<A>,
  options?: RunInExecutorOptions,
): Future<Awaited<R>>;
export function runInExecutor<R>(
  fn: ModuleFunction,
  args: readonly unknown[],
  options?: RunInExecutorOptions,
): Future<R>;
export function runInExecutor(
  fn: ModuleFunction | ((...args: never[]) => unknown),
  args: readonly unknown[],
  options: RunInExecutorOptions = {},
): Future<unknown> {
  shared ??= new ThreadExecutor();
  const executor = options.executor ?? shared;
  // Either kind of function will do; the overloads are for callers.
  return executor.submit(fn as ModuleFunction, args, options);
}

/** Ends the threads that `runInExecutor` has started; the next call starts new ones. */
export async function closeDefaultExecutor(): Promise<void> {
  const executor = shared;
  shared = undefined;
  await executor?.close();
}
