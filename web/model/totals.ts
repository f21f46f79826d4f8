import { STATUSES, type Status } from '../../src/model/outcome.ts';

/** Rows that ended. */
export function ended(totals: Readonly<Record<Status, number>>): number {
  return STATUSES.reduce((sum, status) => sum + totals[status], 0);
}

/** Rows that have what was asked for: they were downloaded, or were there already. */
export function done(totals: Readonly<Record<Status, number>>): number {
  return totals.ok + totals.skipped;
}

/** Rows of the list that have not ended; undefined while their number is not known. */
export function left(
  totals: Readonly<Record<Status, number>>,
  expected: number | undefined,
): number | undefined {
  return expected === undefined ? undefined : Math.max(expected - ended(totals), 0);
}

/** `98 ok + 2 skipped = 100 rows`: those that are not 0. */
export function sumOf(
  totals: Readonly<Record<Status, number>>,
  format: (count: number) => string,
): string {
  const parts = STATUSES.filter((status) => totals[status] > 0).map(
    (status) => `${format(totals[status])} ${status.replace('-', ' ')}`,
  );
  return `${parts.length === 0 ? '0' : parts.join(' + ')} = ${format(ended(totals))} rows`;
}
