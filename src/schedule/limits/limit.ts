/** What a request that is over tells about the load on its origin. Times are in ms of one clock. */
export interface Sample {
  /** From sending it to the first byte of the answer, in ms. */
  readonly latency: number;
  /** How many bytes of the body came. */
  readonly bytes: number;
  /** How many requests to the origin were in flight when it was sent, itself included. */
  readonly inFlight: number;
  readonly result: SampleResult;
  /** Whether the origin said that it is asked too often: 429, or `Retry-After`. */
  readonly isSaid?: boolean | undefined;
  readonly sentAt: number;
  readonly endedAt: number;
}

/**
 * - `ok`: it was answered, if only with a 404: the origin has done its work;
 * - `overload`: the origin had too much to do: 429, 503, a timeout, a reset connection;
 * - `failed`: anything else, which says nothing about load.
 */
type SampleResult = 'ok' | 'overload' | 'failed';

/** How many requests to one origin may be in flight. */
export interface Limit {
  /** The present number, >= 1. It changes only in {@link finished} and {@link keepTo}. */
  readonly current: number;
  /** To be called once for each request that is over. */
  finished(sample: Sample): void;
  /** Learns no number above `most`, >= 1: other runs have the rest of what the origin takes. */
  keepTo?(most: number): void;
  /**
   * Remembers what was learned so far.
   * @returns a function that restores it, after a time in which the origin served no requests
   */
  checkpoint?(): () => void;
}

/** A limit that the user has set. */
export class FixedLimit implements Limit {
  readonly current: number;

  /** @throws RangeError when `limit` is not a whole number >= 1 */
  constructor(limit: number) {
    this.current = checkLimit('limit', limit);
  }

  finished(): void {}
}

/** @throws RangeError when `limit` is not a whole number >= 1 */
export function checkLimit(name: string, limit: number): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new RangeError(`${name} must be a whole number >= 1, not ${limit}`);
}
