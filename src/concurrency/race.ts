import { type Awaitable, ensureFuture } from './ensure-future.ts';
import { CancelledError } from './errors.ts';
import { type DoneObserver, Future } from './future.ts';
import type { ResultOf } from './gather.ts';
import { interruptChild } from './interrupt-child.ts';
import { Failed, type WaitOptions } from './suspension.ts';

/**
 * Runs `awaitables` at once, and ends as the first of them does, with its result or its failure. The
 * others are cancelled, and have ended when it ends, their cleanup included: none of them still takes
 * an item from a queue, holds a permit, or keeps a timer. (`Promise.race` leaves its losers running.)
 * A loser's failure surfaces as a warning.
 *
 * Cancelling it, which is also what a cancelled task does that awaits it, cancels all of them.
 *
 * @example
 * ```ts
 * const item = await race([queue.get(), () => askServer()]);
 * ```
 *
 * @param awaitables futures, promises, or functions to run as tasks
 * @param options a signal that ends the wait
 * @returns a future of the first result; its failure is that of the first to end, or the signal's reason
 * @throws RangeError for an empty list, whose race would never end
 */
export function race<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options?: WaitOptions,
): Future<ResultOf<A[number]>>;
export function race<T>(awaitables: Iterable<Awaitable<T>>, options?: WaitOptions): Future<T>;
export function race(
  awaitables: Iterable<Awaitable<unknown>>,
  options: WaitOptions = {},
): Future<unknown> {
  if (options.signal?.aborted) return new Failed(options.signal.reason);
  const futures = new Set([...awaitables].map((each) => ensureFuture(each)));
  if (futures.size === 0)
    return new Failed(new RangeError('race() needs at least one to wait for'));
  return new Race(futures, options.signal);
}

class Race extends Future<unknown> implements DoneObserver {
  readonly #pending = new Set<Future<unknown>>();
  readonly #signal: AbortSignal | undefined;
  #winner: Future<unknown> | undefined;
  #isCancelling = false;
  /** Why all were cancelled, if the whole was. */
  #ending:
    | { readonly reason: unknown; readonly thrown: unknown; readonly isCancelled: boolean }
    | undefined;

  constructor(futures: ReadonlySet<Future<unknown>>, signal: AbortSignal | undefined) {
    super();
    this.#signal = signal;
    for (const future of futures) {
      if (!future.done()) {
        this.#pending.add(future);
        future.observe(this);
      } else if (this.#winner === undefined) this.#winner = future;
      else returnUnused(future);
    }
    signal?.addEventListener('abort', this.#abort);
    if (this.#winner !== undefined) this.#endLosers();
  }

  override get [Symbol.toStringTag](): string {
    return 'Race';
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done()) return false;
    this.#ending ??= { reason, thrown, isCancelled: true };
    return this.#cancelPending(reason);
  }

  resumeFrom(future: Future<unknown>): void {
    this.#pending.delete(future);
    if (this.#winner !== undefined) returnUnused(future);
    else if (this.#ending === undefined || !future.cancelled()) this.#winner = future;
    this.#endLosers();
  }

  override get isReturnable(): boolean {
    return this.#winner?.isReturnable ?? false;
  }

  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.#winner?.takeBack(value);
  }

  protected override ended(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #endLosers(): void {
    this.#cancelPending(new CancelledError('another one was first in a race'));
    if (this.#pending.size === 0 && !this.done()) this.#end();
  }

  #end(): void {
    const winner = this.#winner;
    if (winner === undefined) {
      if (this.#ending?.isCancelled) this.endCancelled(this.#ending.reason, this.#ending.thrown);
      else this.setException(this.#ending?.reason);
      return;
    }
    try {
      this.setResult(winner.result());
    } catch (error) {
      if (winner.cancelled()) this.endCancelled(error);
      else this.setException(error);
    }
  }

  /** Once each: a second time would interrupt their cleanup. */
  #cancelPending(reason: CancelledError): boolean {
    if (this.#isCancelling) return true;
    this.#isCancelling = true;
    let isReached = false;
    for (const future of [...this.#pending]) if (interruptChild(future, reason)) isReached = true;
    return isReached;
  }

  readonly #abort = (): void => {
    const reason: unknown = this.#signal?.reason;
    this.#ending ??= { reason, thrown: reason, isCancelled: false };
    this.#cancelPending(new CancelledError('the signal of race() aborted'));
  };
}

/** A loser that has its value all the same, an item or a permit, gives it back. */
function returnUnused(future: Future<unknown>): void {
  if (future.isReturnable && !future.cancelled() && !future.failed())
    future.takeBack(future.result());
}
