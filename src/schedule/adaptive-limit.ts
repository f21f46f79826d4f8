import { checkLimit, type Limit, type Sample } from './limit.ts';

/** What an {@link AdaptiveLimit} goes by. */
export interface AdaptiveLimitOptions {
  /** Never fewer than this. Default: 1 */
  readonly min?: number | undefined;
  /** Never more than this. */
  readonly max: number;
  /** To begin with. Default: 8 */
  readonly initial?: number | undefined;
  /** A clock in ms that never goes back: the one that samples are timed by. */
  readonly now: () => number;
}

/** Finds how many requests to one origin are worth having in flight, from how they fare. */
export class AdaptiveLimit implements Limit {
  readonly #min: number;
  readonly #max: number;
  #limit: number;

  /** @throws RangeError when a bound is no whole number >= 1 */
  constructor({ min = 1, max, initial = 8 }: AdaptiveLimitOptions) {
    this.#min = checkLimit('min', min);
    this.#max = checkLimit('max', max);
    this.#limit = Math.min(Math.max(checkLimit('initial', initial), min), max);
  }

  get current(): number {
    return this.#limit;
  }

  finished({ result }: Sample): void {
    if (result === 'overload') this.#limit = Math.max(this.#min, Math.floor(this.#limit * 0.7));
    else if (result === 'ok') this.#limit = Math.min(this.#max, this.#limit + 1);
  }
}
