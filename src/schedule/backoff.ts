/** Bounds of the wait before a row is tried again. */
export interface BackoffOptions {
  /** The longest wait before the second try, in ms. It doubles with each further try. */
  readonly base: number;
  /** The longest wait before any try, in ms. */
  readonly max: number;
}

/**
 * Exponential backoff with full jitter: the wait is random, from 0 up to a bound that doubles with each
 * failure. So rows that failed together do not come back together. Of the variants that Marc Brooker
 * compares, it is the one with the least work for the server ("Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015).
 *
 * @param failures how many tries have failed, from 1
 * @param random a number from 0 up to, not including, 1
 * @returns how long to wait, in ms
 */
export function backoff(
  failures: number,
  { base, max }: BackoffOptions,
  random: () => number,
): number {
  return random() * Math.min(max, base * 2 ** (failures - 1));
}
