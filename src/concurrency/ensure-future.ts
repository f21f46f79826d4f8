import { inspect } from 'node:util';
import { createTask } from './create-task.ts';
import { cancellationOf } from './errors.ts';
import { Future } from './future.ts';
import type { TaskFunction } from './task.ts';
import { warnOf } from './warnings.ts';

/** What a future can be made of: a future, a promise, or a function to run as a task. */
export type Awaitable<T> = PromiseLike<T> | TaskFunction<T>;

/**
 * Makes a future of `awaitable`: a future is returned as it is, a function is run as a task, and
 * of a promise comes a future that ends as the promise does. Counterpart: `asyncio.ensure_future()`.
 *
 * Awaiting a foreign promise this way makes the wait one that a task's cancellation interrupts. The
 * promise itself cannot be cancelled; should it fail afterwards, that surfaces as a warning.
 *
 * @example
 * ```ts
 * const response = await ensureFuture(fetch(url));
 * ```
 *
 * @param awaitable a future, a promise, or a function to run as a task
 * @throws TypeError when `awaitable` is not a future, a promise or a function
 */
export function ensureFuture<T>(awaitable: Awaitable<T>): Future<T> {
  if (awaitable instanceof Future) return awaitable;
  if (typeof awaitable === 'function') return createTask(awaitable);
  if (typeof awaitable?.then === 'function') return new FromPromise(awaitable);
  const what = inspect(awaitable, { depth: 0 });
  throw new TypeError(`expected a function, a promise or a future, not ${what}`);
}

class FromPromise<T> extends Future<T> {
  constructor(promise: PromiseLike<T>) {
    super();
    promise.then(
      (value) => {
        if (!this.done()) this.setResult(value);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (!this.done()) this.setException(error);
    else if (cancellationOf(error) === undefined)
      warnOf('a promise failed after its wait was cancelled', error);
  }
}
