import type { Pace } from './pace.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * Requests may go out late, and the next ones catch up, by this much, in ms: timers fire up to a
 * millisecond late, and more under load. At 1,000 requests a second every millisecond counts.
 */
const TOLERANCE = 50;

/** So many requests a second, evenly spaced, as with curl's `--rate`: no burst to begin with. */
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
