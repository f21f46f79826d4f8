/** One request that is over, as far as it tells of the load on its origin. Times in ms of one clock. */
export interface Sample {
  /** From when it was sent to the first byte of the answer, in ms. */
  readonly latency: number;
  /** Of the body, as far as it came. */
  readonly bytes: number;
  /** Requests to the origin in flight when it was sent, itself included. */
  readonly inFlight: number;
  readonly result: SampleResult;
  /** The origin itself said that it is asked too often. */
  readonly isSaid?: boolean | undefined;
  readonly sentAt: number;
  readonly endedAt: number;
}

/**
 * - `ok`: it was answered, 404 and the like included: that is work done as well;
 * - `overload`: the origin had too much to do: 429, 503, a timeout, a connection reset;
 * - `failed`: anything else, which says nothing about load.
 */
type SampleResult = 'ok' | 'overload' | 'failed';

/** How many requests may be in flight to one origin. */
export interface Limit {
  /** Now; a whole number >= 1. It changes in {@link finished} only. */
  readonly current: number;
  /** To be called once for each request that is over. */
  finished(sample: Sample): void;
  /**
   * What was learned so far. The function that it returns goes back to that, after a time in which the
   * origin served no requests.
   */
  checkpoint?(): () => void;
}

/** The limit that was asked for: it learns nothing. */
export class FixedLimit implements Limit {
  readonly current: number;

  /** @throws RangeError when `limit` is no whole number >= 1 */
  constructor(limit: number) {
    this.current = checkLimit('limit', limit);
  }

  finished(): void {}
}

/** @throws RangeError when `limit` is no whole number >= 1 */
export function checkLimit(name: string, limit: number): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new RangeError(`${name} must be a whole number >= 1, not ${limit}`);
}
