import type { Callable } from './compile-function.ts';
import type { Future } from './future.ts';
import { runInExecutor } from './run-in-executor.ts';
import type { AnyFunction, ModuleFunction } from './thread-call.ts';

/**
 * Calls `fn` with `args` on a thread: for code that blocks, or keeps the processor busy. The
 * function must be complete in itself, or named as `{ module, name }`: see {@link ThreadExecutor}.
 * Counterpart: `asyncio.to_thread()`. With a signal, or an executor of your own: `runInExecutor`.
 *
 * @example
 * ```ts
 * const digest = await toThread(sha256, path);
 *
 * const module = new URL('./resize.js', import.meta.url);
 * const small = await toThread<typeof resize>({ module, name: 'resize' }, picture, 100);
 * ```
 *
 * @param fn complete in itself, or its module and name
 * @param args are copied
 * @returns a future of its result; `ThreadExecutor.submit` says what cancelling does
 * @throws as `ThreadExecutor.submit` does
 */
export function toThread<A extends unknown[], R>(
  fn: (...args: A) => R,
  ...args: NoInfer<A>
): Future<Awaited<R>>;
export function toThread<F extends AnyFunction = Callable>(
  fn: ModuleFunction,
  ...args: Parameters<F>
): Future<Awaited<ReturnType<F>>>;
export function toThread(fn: ModuleFunction | AnyFunction, ...args: unknown[]): Future<unknown> {
  // Either kind of function will do; the overloads are for callers.
  return runInExecutor(fn as ModuleFunction, args);
}
