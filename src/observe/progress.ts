import { type Tally, total } from './tally.ts';

/** How far a run has come. */
export interface Progress {
  /** Rows that ended, those cancelled left out: they were not done. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Rows a second, on average since the start. */
  readonly rate: number;
  /** Since the start, in ms. */
  readonly elapsed: number;
  /** What is left at that rate, in ms; Infinity before the first row is done. */
  readonly remaining: number;
}

/** @param rows how many there are in all @param elapsed since the start, in ms */
export function progressOf(tally: Tally, rows: number, elapsed: number): Progress {
  const done = total(tally) - tally.cancelled;
  const rate = elapsed > 0 ? (done * 1000) / elapsed : 0;
  const remaining = done === 0 ? Number.POSITIVE_INFINITY : ((rows - done) * elapsed) / done;
  return { done, total: rows, failed: tally.failed, rate, elapsed, remaining };
}
