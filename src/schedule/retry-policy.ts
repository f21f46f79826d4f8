import type { BackoffOptions } from './backoff.ts';

/** How often and how soon rows are tried again. */
export interface RetryPolicy {
  /** Tries for a row, the first one included. */
  readonly tries: number;
  /** Its `max` also bounds the pause that a server may ask for. */
  readonly backoff: BackoffOptions;
  /** A number from 0 up to, not including, 1: the jitter. */
  readonly random: () => number;
}

/** How long a row or an origin is kept through failures that are the origin's, in ms. */
export function patienceOf({ tries, backoff: { max } }: RetryPolicy): number {
  return Math.max(1, tries - 1) * max;
}
