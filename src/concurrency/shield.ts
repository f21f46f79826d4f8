import { type Awaitable, ensureFuture } from './ensure-future.ts';
import { type DoneObserver, Future } from './future.ts';
import type { WaitOptions } from './suspension.ts';

/**
 * Protects `awaitable` from the cancellation of the code that awaits it: the wait is cancelled, and
 * `awaitable` goes on. Cancelling `awaitable` itself still cancels the wait. If `awaitable` fails after
 * the wait was cancelled, the failure surfaces as a warning. Counterpart: `asyncio.shield()`.
 *
 * @example
 * ```ts
 * const written = await shield(() => writeLedger(rows));
 * ```
 *
 * @param awaitable a future, a promise, or a function to run as a task
 * @param options a signal that ends the wait, and not `awaitable`
 * @returns a future that ends as `awaitable` does, unless cancelled before, or failed with the
 *   signal's reason
 * @throws TypeError when `awaitable` is not a future, a promise or a function
 */
export function shield<T>(awaitable: Awaitable<T>, options: WaitOptions = {}): Future<T> {
  return new Shield(ensureFuture(awaitable), options.signal);
}

class Shield<T> extends Future<T> implements DoneObserver {
  readonly #inner: Future<T>;
  readonly #signal: AbortSignal | undefined;

  constructor(inner: Future<T>, signal: AbortSignal | undefined) {
    super();
    this.#inner = inner;
    this.#signal = signal;
    if (inner.done()) this.resumeFrom();
    else if (signal?.aborted) this.#abort();
    else {
      inner.observe(this);
      signal?.addEventListener('abort', this.#abort);
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'Shield';
  }

  resumeFrom(): void {
    if (this.done()) return;
    try {
      this.setResult(this.#inner.result());
    } catch (error) {
      if (this.#inner.cancelled()) this.endCancelled(error);
      else this.setException(error);
    }
  }

  protected override ended(): void {
    this.#inner.unobserve(this);
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.setException(this.#signal?.reason);
}
