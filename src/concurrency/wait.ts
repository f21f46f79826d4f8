import type { DoneObserver, Future } from './future.ts';
import { Suspension, type WaitOptions } from './suspension.ts';
import { Timer } from './timer.ts';

/** `returnWhen`: as soon as any future is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** `returnWhen`: as soon as any future failed, or else when all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** `returnWhen`: when all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** When {@link wait} returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** Options of {@link wait}. */
export interface WaitForOptions extends WaitOptions {
  /** Return after this many milliseconds at the latest, with whatever is done by then. */
  timeout?: number | undefined;
  /** Default: {@link ALL_COMPLETED}. */
  returnWhen?: ReturnWhen | undefined;
}

/**
 * Waits for some or all of `futures`, and tells which are done. Looks at no result, and cancels
 * nothing: not at the timeout, not when it is cancelled itself. Counterpart: `asyncio.wait()`.
 *
 * @returns the futures given, in two sets, each in the order given
 * @throws RangeError when there are no futures; the task's CancelledError, or the signal's reason
 */
export async function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitForOptions = {},
): Promise<{ done: Set<F>; pending: Set<F> }> {
  const { timeout, returnWhen = ALL_COMPLETED, signal } = options;
  const all = new Set(futures);
  // As in asyncio: with nothing to wait for, FIRST_COMPLETED could never be kept.
  if (all.size === 0) throw new RangeError('wait() needs at least one future');
  if (!isOver(all, returnWhen)) await new Wait(all, returnWhen, timeout).begin(signal);
  const done = new Set<F>();
  const pending = new Set<F>();
  for (const future of all) (future.done() ? done : pending).add(future);
  return { done, pending };
}

function isOver(futures: ReadonlySet<Future<unknown>>, returnWhen: ReturnWhen): boolean {
  const all = [...futures];
  if (returnWhen === FIRST_COMPLETED) return all.some((future) => future.done());
  if (returnWhen === FIRST_EXCEPTION && all.some((future) => future.failed())) return true;
  return all.every((future) => future.done());
}

class Wait extends Suspension<void> implements DoneObserver {
  readonly #pending: Set<Future<unknown>>;
  readonly #returnWhen: ReturnWhen;
  readonly #timer: Timer | undefined;

  constructor(
    futures: Iterable<Future<unknown>>,
    returnWhen: ReturnWhen,
    timeout: number | undefined,
  ) {
    super();
    this.#returnWhen = returnWhen;
    this.#pending = new Set();
    if (timeout !== undefined) this.#timer = new Timer(timeout, () => this.#finish());
    for (const future of futures) {
      if (future.done()) continue;
      this.#pending.add(future);
      future.observe(this);
    }
  }

  resumeFrom(future: Future<unknown>): void {
    this.#pending.delete(future);
    const isEnough =
      this.#pending.size === 0 ||
      this.#returnWhen === FIRST_COMPLETED ||
      (this.#returnWhen === FIRST_EXCEPTION && future.failed());
    if (isEnough) this.#finish();
  }

  protected override abandon(): void {
    this.#timer?.clear();
    for (const future of this.#pending) future.unobserve(this);
  }

  #finish(): void {
    this.abandon();
    this.resume();
  }
}
