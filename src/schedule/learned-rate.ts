import type { Sample } from './limit.ts';

/** What a {@link LearnedRate} goes by. */
export interface LearnedRateOptions {
  /** A clock in ms that never goes back: the one that samples are timed by. */
  readonly now: () => number;
}

/** Learns how many requests in a time an origin takes, from those that it refuses. */
export class LearnedRate {
  readonly #now: () => number;
  #next = 0;

  constructor({ now }: LearnedRateOptions) {
    this.#now = now;
  }

  /** How long until the next request may start, in ms; 0 when it may now. */
  get remaining(): number {
    return Math.max(0, this.#next - this.#now());
  }

  /** To be called for each request that starts. */
  started(): void {}

  /** To be called once for each request that is over. */
  finished(_sample: Sample): void {}
}
