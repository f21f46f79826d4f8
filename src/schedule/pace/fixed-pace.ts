import type { Pace } from './pace.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * How late requests may be and the next ones still catch up, in ms. Timers fire up to a millisecond
 * late, and later under load; at 1,000 requests a second every millisecond counts.
 */
const TOLERANCE = 50;

/** A rate that the user has set: requests evenly spaced, as with curl's `--rate`, without a burst. */
export class FixedPace implements Pace {
  readonly #bucket: TokenBucket;

  /** @param perSecond more than 0 @param now a clock in ms @throws RangeError */
  constructor(perSecond: number, now?: (() => number) | undefined) {
    const perMs = perSecond / 1000;
    this.#bucket = new TokenBucket({ perMs, burst: Math.max(1, perMs * TOLERANCE), now });
  }

  get remaining(): number {
    return this.#bucket.remaining(1);
  }

  started(): void {
    this.#bucket.take(1);
  }

  finished(): void {}
}
