import { currentTask } from './current-task.ts';
import { type Awaitable, ensureFuture } from './ensure-future.ts';
import { CancelledError, TimeoutError } from './errors.ts';
import type { Future } from './future.ts';
import type { WaitOptions } from './suspension.ts';
import type { Task } from './task.ts';
import { Timer } from './timer.ts';

/**
 * Waits for `awaitable` for `ms` milliseconds at most. Then it is cancelled, and once it has ended,
 * its cleanup included, a TimeoutError is thrown. Counterpart: `asyncio.wait_for()` and
 * `asyncio.timeout()`.
 *
 * - A function runs as a task of its own. With `ms` ≤ 0 it never starts.
 * - What is done in the same turn in which the time is up is done: its result counts.
 * - One that refuses the cancellation by returning a value is not late: the value counts. If its
 *   cleanup fails, that failure is thrown.
 * - Nested deadlines each keep to themselves: only the one that passed throws its TimeoutError, and
 *   if both did, the outer one.
 * - Cancelling the waiting task, or aborting the signal, cancels `awaitable` and waits for its end.
 *
 * @throws TimeoutError, with the cancellation as its cause; what `awaitable` fails with; the task's
 *   CancelledError, or the signal's reason
 */
export async function timeout<T>(
  ms: number,
  awaitable: Awaitable<T>,
  options: WaitOptions = {},
): Promise<T> {
  const { signal } = options;
  signal?.throwIfAborted();
  const future = ensureFuture(awaitable);
  using deadline = new Deadline(future, ms, signal);
  try {
    return await future;
  } catch (error) {
    throw deadline.explain(error);
  }
}

/** Cancels a future when its time is up, or when the signal aborts, and knows which it was. */
class Deadline implements Disposable {
  readonly #future: Future<unknown>;
  readonly #ms: number;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: Timer | undefined;
  /** The one cancellation that came from here. */
  #cancellation: CancelledError | undefined;
  readonly #waiter: Task<unknown> | undefined = currentTask();
  readonly #waiterCancelledBefore = this.#waiter?.cancelling() ?? 0;

  constructor(future: Future<unknown>, ms: number, signal: AbortSignal | undefined) {
    this.#future = future;
    this.#ms = ms;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort);
    if (ms <= 0) this.#expire();
    else if (ms !== Number.POSITIVE_INFINITY) this.#timer = new Timer(ms, () => this.#expire());
  }

  /** What to throw when the future ended with `error`. */
  explain(error: unknown): unknown {
    const ours = this.#cancellation;
    if (ours === undefined || !this.#future.cancelled()) return error;
    if (this.#signal?.aborted) return this.#signal.reason;
    if (this.#waiterWasCancelled()) return error;
    return new TimeoutError(`not done after ${this.#ms} ms`, { cause: ours });
  }

  [Symbol.dispose](): void {
    this.#timer?.clear();
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #expire(): void {
    this.#cancel(`not done after ${this.#ms} ms`);
  }

  readonly #abort = (): void => this.#cancel('the signal of timeout() aborted');

  #cancel(message: string): void {
    const cancellation = new CancelledError(message);
    if (this.#future.interrupt(cancellation)) this.#cancellation = cancellation;
  }

  /** Cancelled during this wait, perhaps by a deadline around this one: that counts for more. */
  #waiterWasCancelled(): boolean {
    const waiter = this.#waiter;
    if (waiter === undefined) return false;
    // One that came too late to reach this wait is for the next.
    return waiter.cancelling() > this.#waiterCancelledBefore && !waiter.hasPendingCancellation;
  }
}
