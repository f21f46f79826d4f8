import { type Tally, total } from './tally.ts';

/** The progress of a run. */
export interface Progress {
  /** Rows that ended, except for cancelled ones. */
  readonly done: number;
  /** The number of rows; undefined while the list is still being read. */
  readonly total: number | undefined;
  readonly failed: number;
  /** Rows a second, on average since the start. */
  readonly rate: number;
  /** Since the start, in ms. */
  readonly elapsed: number;
  /** The time left at that rate, in ms; Infinity while it cannot be known. */
  readonly remaining: number;
}

/** @param rows the number of rows in all, when it is known @param elapsed ms since the start */
export function progressOf(tally: Tally, rows: number | undefined, elapsed: number): Progress {
  const done = total(tally) - tally.cancelled;
  const rate = elapsed > 0 ? (done * 1000) / elapsed : 0;
  const known = rows !== undefined && done > 0;
  const remaining = known ? ((rows - done) * elapsed) / done : Number.POSITIVE_INFINITY;
  return { done, total: rows, failed: tally.failed, rate, elapsed, remaining };
}
