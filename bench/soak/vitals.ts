import { readdirSync } from 'node:fs';
import { residentBytes } from '../measure/memory-watch.ts';
import { median } from '../results/statistics.ts';

/** A process at one moment. */
export interface Vitals {
  /** Rows that have ended. */
  readonly rows: number;
  readonly residentBytes: number;
  /** Open files, sockets and pipes: the entries of `/proc/PID/fd`. */
  readonly handles: number;
}

/** @returns undefined if the process has ended */
export function vitalsOf(pid: number, rows: number): Vitals | undefined {
  try {
    const bytes = residentBytes(pid);
    if (bytes === undefined) return undefined;
    return { rows, residentBytes: bytes, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** The medians of the samples from one share of `rows` to another. */
export function mediansBetween(
  all: readonly Vitals[],
  rows: number,
  [from, to]: readonly [number, number],
): { residentBytes: number; handles: number } {
  const some = all.filter((one) => one.rows >= from * rows && one.rows < to * rows);
  return {
    residentBytes: median(some.map((one) => one.residentBytes)) ?? Number.NaN,
    handles: median(some.map((one) => one.handles)) ?? Number.NaN,
  };
}
