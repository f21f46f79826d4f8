import type { Pace } from '../../schedule/pace/pace.ts';
import { TokenBucket } from '../../schedule/pace/token-bucket.ts';

/** Requests of one run may be as late as this and the next ones still catch up, in ms: timers fire late. */
const TOLERANCE = 5;

/** A rate that changes as a run's share of an origin does. */
export class SharedPace implements Pace {
  readonly #now: () => number;
  #bucket: TokenBucket | undefined;
  #perSecond = 0;

  /** @param now a clock in ms that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  get remaining(): number {
    return this.#bucket?.remaining(1) ?? 0;
  }

  started(): void {
    this.#bucket?.take(1);
  }

  finished(): void {}

  /**
   * @param perSecond requests, from now on; 0 while there is no share, Infinity for any number
   * @param isUsed whether another run may have sent a request a moment ago: then the first one waits
   */
  set(perSecond: number, isUsed: boolean): void {
    if (perSecond === this.#perSecond) return;
    const wasNone = this.#perSecond === 0;
    this.#perSecond = perSecond;
    if (perSecond === 0) return;
    if (perSecond === Number.POSITIVE_INFINITY) {
      this.#bucket = undefined;
      return;
    }
    const perMs = perSecond / 1000;
    if (this.#bucket === undefined || wasNone) {
      const burst = Math.max(1, perMs * TOLERANCE);
      this.#bucket = new TokenBucket({ perMs, burst, now: this.#now });
      this.#bucket.take(isUsed ? burst : burst - 1);
    } else this.#bucket.perMs = perMs;
  }
}
