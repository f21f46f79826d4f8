import { readFileSync } from 'node:fs';

/** Time between two samples, in ms. */
const INTERVAL = 100;

/** Resident memory of a program, and how many rows it had received by then. */
export interface ResidentSample {
  readonly rows: number;
  readonly bytes: number;
}

/** Samples the resident memory of a process for as long as it runs. */
export class MemoryWatch implements Disposable {
  readonly samples: ResidentSample[] = [];
  readonly #countRows: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** @param countRows returns how many rows the process has received */
  constructor(countRows: () => number) {
    this.#countRows = countRows;
  }

  start(pid: number): void {
    this.#timer = setInterval(() => {
      const bytes = residentBytes(pid);
      if (bytes !== undefined) this.samples.push({ rows: this.#countRows(), bytes });
    }, INTERVAL);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** The bytes of the samples from `from` rows (included) to `to` rows (excluded). */
export function samplesBetween(
  samples: readonly ResidentSample[],
  from: number,
  to: number,
): number[] {
  return samples.filter(({ rows }) => rows >= from && rows < to).map(({ bytes }) => bytes);
}

/** The resident memory of a process, in bytes; undefined if it has ended. */
export function residentBytes(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
