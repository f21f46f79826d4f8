/** How long to wait before a row is tried again. */
export interface BackoffOptions {
  /** The longest wait before the second try, in ms; it doubles for each one after. */
  readonly base: number;
  /** The longest wait of all, in ms. */
  readonly max: number;
}

/**
 * Exponential backoff with full jitter: anything from nothing to a bound that doubles, so that rows
 * that failed together do not come back together. Marc Brooker, "Exponential Backoff And Jitter"
 * (AWS Architecture Blog, 2015): of the variants compared there, the one with the least work for
 * the server.
 *
 * @param failures how many tries have failed, from 1
 * @param random a number from 0 up to, not including, 1
 * @returns ms
 */
export function backoff(
  failures: number,
  { base, max }: BackoffOptions,
  random: () => number,
): number {
  return random() * Math.min(max, base * 2 ** (failures - 1));
}
