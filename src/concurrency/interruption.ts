import { CancelledError } from './errors.ts';
import type { Future } from './future.ts';
import { interruptChild } from './interrupt-child.ts';
import { keepShape } from './shapes.ts';

/** A cancellation of a task, and how far its way to the task's code is known. */
export class Interruption {
  readonly reason: CancelledError;
  /** What the code sees: the cancellation, or a failure in its TaskGroup. */
  readonly thrown: unknown;
  /** A wait or a signal was ended a moment ago that may show it to the code. */
  isDelivered = false;
  /** The event loop has not turned since the delivery. */
  isFresh = false;
  /** Decides where the runtime cannot tell whether the code has seen it. */
  isLikely = false;
  /** Whether the code has seen it. */
  isSeen = false;
  /** Futures that were interrupted and are not done, such as a task that cleans up. */
  #unended: Set<Future<unknown>> | undefined;

  constructor(reason: CancelledError, thrown: unknown) {
    this.reason = reason;
    this.thrown = thrown;
  }

  /** Two cancellations before the code goes on are one for it, as in asyncio. */
  get coversNext(): boolean {
    return this.isDelivered && this.isFresh;
  }

  /**
   * Interrupts `wait`.
   *
   * @param isAwaited whether the code goes on when `wait` ends, as far as that is known
   * @returns whether that reaches something that may show it to the code
   */
  interrupt(wait: Future<unknown>, isAwaited: boolean): boolean {
    if (!interruptChild(wait, this.reason, this.thrown) && !wait.failedWith(this.thrown))
      return false;
    if (isAwaited) this.isLikely = true;
    if (!wait.done()) {
      this.#unended ??= new Set();
      this.#unended.add(wait);
    }
    return true;
  }

  /** Whether `wait` was interrupted, and did not end at once. */
  wasUnended(wait: Future<unknown>): boolean {
    return this.#unended?.has(wait) === true;
  }

  /** Whether something still ends that was interrupted: the code goes on after that. */
  get isUnderWay(): boolean {
    for (const wait of this.#unended ?? []) if (!wait.done()) return true;
    return false;
  }

  /** @param isLikely whether the code has seen it, where the runtime cannot tell */
  deliver(isLikely: boolean): void {
    this.isDelivered = this.isFresh = true;
    this.isLikely = isLikely;
  }
}

keepShape(new Interruption(new CancelledError(), undefined));
