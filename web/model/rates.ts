import type { Series } from '../../src/report/page/page-data.ts';

/** A series as amounts a second. The last interval is as long as it has been under way. */
export function perSecond(
  { interval }: Series,
  amounts: readonly number[],
  elapsed: number,
): number[] {
  const last = elapsed - (amounts.length - 1) * interval;
  // Of an interval that has hardly begun nothing can be said: it counts as a whole one.
  const lastLength = last > interval / 4 && last < interval ? last : interval;
  return amounts.map((amount, i) => {
    return (amount * 1000) / (i === amounts.length - 1 ? lastLength : interval);
  });
}

/** Where each interval begins, in s since the run's start. */
export function secondsOf({ interval, ended }: Series): number[] {
  return ended.map((_, i) => (i * interval) / 1000);
}

/** The largest rate and its place; undefined without rates. */
export function peakOf(
  values: readonly (number | null)[],
): { readonly value: number; readonly at: number } | undefined {
  let peak: { value: number; at: number } | undefined;
  values.forEach((value, at) => {
    if (value !== null && (peak === undefined || value > peak.value)) peak = { value, at };
  });
  return peak;
}
