import { type Tally, total } from './tally.ts';

/** How far a run has come. */
export interface Progress {
  /** Rows that ended, those cancelled left out: they were not done. */
  readonly done: number;
  /** How many rows there are; undefined while the list is still being read. */
  readonly total: number | undefined;
  readonly failed: number;
  /** Rows a second, on average since the start. */
  readonly rate: number;
  /** Since the start, in ms. */
  readonly elapsed: number;
  /** What is left at that rate, in ms; Infinity before the first row is done, or while nobody knows. */
  readonly remaining: number;
}

/** @param rows how many there are in all, when that is known @param elapsed since the start, in ms */
export function progressOf(tally: Tally, rows: number | undefined, elapsed: number): Progress {
  const done = total(tally) - tally.cancelled;
  const rate = elapsed > 0 ? (done * 1000) / elapsed : 0;
  const known = rows !== undefined && done > 0;
  const remaining = known ? ((rows - done) * elapsed) / done : Number.POSITIVE_INFINITY;
  return { done, total: rows, failed: tally.failed, rate, elapsed, remaining };
}
