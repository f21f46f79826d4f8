import { isCancellation } from './errors.ts';
import { warnOf } from './failures.ts';
import { Future } from './future.ts';
import { createTask, type TaskFunction } from './task.ts';

/**
 * Makes a future of `awaitable`: a future is returned as it is, a function is run as a task, and
 * of a promise comes a future that ends as the promise does. Counterpart: `asyncio.ensure_future()`.
 *
 * Awaiting a foreign promise this way makes the wait one that a task's cancellation interrupts. The
 * promise itself cannot be cancelled; should it fail afterwards, that surfaces as a warning.
 */
export function ensureFuture<T>(
  awaitable: Future<T> | PromiseLike<T> | TaskFunction<T>,
): Future<T> {
  if (awaitable instanceof Future) return awaitable;
  if (typeof awaitable === 'function') return createTask(awaitable);
  const future = new Future<T>();
  awaitable.then(
    (value) => {
      if (!future.done()) future.setResult(value);
    },
    (error: unknown) => {
      if (!future.done()) future.setException(error);
      else if (!isCancellation(error))
        warnOf('a promise failed after its wait was cancelled', error);
    },
  );
  return future;
}
