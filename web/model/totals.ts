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

/** `98 ok + 2 skipped = 100 files`: those that are not 0. */
export function sumOf(
  totals: Readonly<Record<Status, number>>,
  format: (count: number) => string,
): string {
  const parts = STATUSES.filter((status) => totals[status] > 0).map(
    (status) => `${format(totals[status])} ${status.replace('-', ' ')}`,
  );
  const sum = parts.length === 0 ? '' : `${parts.join(' + ')} = `;
  return `${sum}${format(ended(totals))} ${ended(totals) === 1 ? 'file' : 'files'}`;
}
