import { type Awaitable, ensureFuture } from './ensure-future.ts';
import type { CancelledError } from './errors.ts';
import { type DoneObserver, Future } from './future.ts';
import { interruptChild } from './interrupt-child.ts';
import { keepShape } from './shapes.ts';
import type { WaitOptions } from './suspension.ts';

/** Options of {@link gather}. */
export interface GatherOptions extends WaitOptions {
  /**
   * Puts failures and cancellations among the results in place of failing.
   * @default false
   */
  returnExceptions?: boolean | undefined;
}

/** What awaiting `A` gives. */
export type ResultOf<A> = A extends Awaitable<infer T> ? T : never;

/**
 * Runs `awaitables` at once and gathers their results, in the order given. Functions start as tasks
 * at once; one that stands there twice runs once for each. Counterpart: `asyncio.gather()`.
 *
 * The first failure is the failure of the whole, at once, and cancels none of the others: they
 * go on, and a failure of one that is never retrieved surfaces as a warning. (In a `TaskGroup` a
 * failure does cancel the siblings.) Cancelling the future returned, which is also what
 * a cancelled task does that awaits it, cancels all that still run; it is done when they are. So
 * does aborting the signal.
 *
 * @example
 * ```ts
 * const [page, item] = await gather([() => fetchPage(url), queue.get()]);
 * ```
 *
 * @param awaitables futures, promises, or functions to run as tasks
 * @param options whether failures are results too, and a signal
 * @returns a future of the results; its failure is the first failure, a CancelledError if that was
 *   a cancellation, or the signal's reason
 * @throws TypeError when one of them is not a future, a promise or a function
 */
export function gather<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options?: GatherOptions & { returnExceptions?: false | undefined },
): Future<{ -readonly [K in keyof A]: ResultOf<A[K]> }>;
export function gather<T>(
  awaitables: Iterable<Awaitable<T>>,
  options?: GatherOptions & { returnExceptions?: false | undefined },
): Future<T[]>;
export function gather(
  awaitables: Iterable<Awaitable<unknown>>,
  options?: GatherOptions,
): Future<unknown[]>;
export function gather(
  awaitables: Iterable<Awaitable<unknown>>,
  options: GatherOptions = {},
): Future<unknown[]> {
  return new Gathering(
    [...awaitables].map((each) => ensureFuture(each)),
    options,
  );
}

class Gathering extends Future<unknown[]> implements DoneObserver {
  readonly #children: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  readonly #signal: AbortSignal | undefined;
  #pending = 0;
  /** Why all are being cancelled, once they are. */
  #ending:
    | { readonly reason: unknown; readonly thrown: unknown; readonly asCancelled: boolean }
    | undefined;

  constructor(children: readonly Future<unknown>[], options: GatherOptions) {
    super();
    this.#children = children;
    this.#returnExceptions = options.returnExceptions ?? false;
    for (const child of new Set(children)) {
      if (child.done()) continue;
      this.#pending++;
      child.observe(this);
    }
    const failed = children.find((child) => child.done() && this.#isFailure(child));
    if (failed !== undefined) this.#fail(failed);
    else if (this.#pending === 0) this.#finish();
    if (options.signal === undefined || this.done()) return;
    this.#signal = options.signal;
    if (this.#signal.aborted) this.#abort();
    else this.#signal.addEventListener('abort', this.#abort);
  }

  override get [Symbol.toStringTag](): string {
    return 'Gathering';
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done()) return false;
    this.#ending = { reason, thrown, asCancelled: true };
    // The last child to end, which may be in this loop, ends the whole.
    let reached = false;
    for (const child of this.#children) if (interruptChild(child, reason)) reached = true;
    return reached;
  }

  resumeFrom(child: Future<unknown>): void {
    this.#pending--;
    if (this.done()) return;
    if (this.#ending === undefined && this.#isFailure(child)) this.#fail(child);
    else if (this.#pending === 0) this.#finish();
  }

  override get isReturnable(): boolean {
    return this.#children.some((child) => child.isReturnable);
  }

  override takeBack(value: unknown): void {
    if (!this.finishedWith(value)) return;
    for (const [i, result] of (value as unknown[]).entries()) this.#children[i]?.takeBack(result);
  }

  protected override ended(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => {
    const reason: unknown = this.#signal?.reason;
    this.#ending ??= { reason, thrown: reason, asCancelled: false };
    for (const child of this.#children) child.cancel('the signal of gather() aborted');
  };

  #isFailure(child: Future<unknown>): boolean {
    return !this.#returnExceptions && (child.failed() || child.cancelled());
  }

  #fail(child: Future<unknown>): void {
    try {
      child.result();
    } catch (error) {
      this.setException(error);
    }
  }

  #finish(): void {
    const ending = this.#ending;
    if (ending?.asCancelled) this.endCancelled(ending.reason, ending.thrown);
    else if (ending !== undefined) this.setException(ending.reason);
    else this.setResult(this.#children.map((child) => outcomeOf(child)));
  }
}

/** The result of `child`, or the error in its place. */
function outcomeOf(child: Future<unknown>): unknown {
  try {
    return child.result();
  } catch (error) {
    return error;
  }
}

keepShape(gather([]));
