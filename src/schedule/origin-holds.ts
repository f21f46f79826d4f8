import { sleep } from '../concurrency/sleep.ts';
import type { WaitOptions } from '../concurrency/suspension.ts';

/** Origins that asked to be left alone for a while, and until when. */
export class OriginHolds {
  /** In ms of {@link OriginHolds.#now}, by origin. */
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  /** @param now a clock in ms that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Leaves `origin` alone for `ms` from now, or longer when that was asked for already. */
  hold(origin: string, ms: number): void {
    const until = this.#now() + ms;
    if (until > (this.#until.get(origin) ?? 0)) this.#until.set(origin, until);
  }

  /** How long `origin` is still to be left alone, in ms; 0 when it is not. */
  remaining(origin: string): number {
    const until = this.#until.get(origin);
    if (until === undefined) return 0;
    const left = until - this.#now();
    if (left > 0) return left;
    this.#until.delete(origin);
    return 0;
  }

  /**
   * Waits until `origin` is not held any more. @throws the task's CancelledError, or the signal's
   * reason
   */
  async released(origin: string, options: WaitOptions): Promise<void> {
    // In a loop: while this one waits, another row may learn that it is to be longer.
    for (let left = this.remaining(origin); left > 0; left = this.remaining(origin)) {
      await sleep(left, options);
    }
  }
}
