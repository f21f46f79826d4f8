import { type Outcome, STATUSES, type Status } from '../model/outcome.ts';

/** The number of rows that ended in each way. */
export type Tally = Readonly<Record<Status, number>>;

/** The tally of no rows. */
export const EMPTY_TALLY: Tally = Object.freeze({
  ok: 0,
  skipped: 0,
  'not-found': 0,
  failed: 0,
  cancelled: 0,
});

/** `tally` with `more` rows that ended as `outcome` did. */
export function count(tally: Tally, outcome: Pick<Outcome, 'status'>, more = 1): Tally {
  return { ...tally, [outcome.status]: tally[outcome.status] + more };
}

/** The number of rows in a tally. */
export function total(tally: Tally): number {
  return STATUSES.reduce((sum, status) => sum + tally[status], 0);
}
