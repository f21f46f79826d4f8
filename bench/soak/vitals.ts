import { readdirSync, readFileSync } from 'node:fs';

/** A process at one moment. */
export interface Vitals {
  /** Rows that had ended by then. */
  readonly rows: number;
  readonly residentBytes: number;
  /** Files, sockets, pipes: what stands in `/proc/PID/fd`. */
  readonly handles: number;
}

/** @returns undefined when the process has ended */
export function vitalsOf(pid: number, rows: number): Vitals | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) return undefined;
    const handles = readdirSync(`/proc/${pid}/fd`).length;
    return { rows, residentBytes: Number(kibibytes) * 1024, handles };
  } catch {
    return undefined;
  }
}

/** The medians of those from one share of `rows` to another. */
export function mediansBetween(
  all: readonly Vitals[],
  rows: number,
  [from, to]: readonly [number, number],
): { residentBytes: number; handles: number } {
  const some = all.filter((one) => one.rows >= from * rows && one.rows < to * rows);
  return {
    residentBytes: median(some.map((one) => one.residentBytes)),
    handles: median(some.map((one) => one.handles)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
