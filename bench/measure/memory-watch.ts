import { readFileSync } from 'node:fs';

/** ms between two looks. */
const INTERVAL = 100;

/** Memory that was resident when the program had been handed so many rows. */
export interface ResidentSample {
  readonly rows: number;
  readonly bytes: number;
}

/** Looks at a process's memory again and again, for as long as it runs. */
export class MemoryWatch implements Disposable {
  readonly samples: ResidentSample[] = [];
  readonly #countRows: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** @param countRows how many rows the process has been handed by now */
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

/** Bytes of each sample taken after `from` rows or more, and before `to`. */
export function samplesBetween(
  samples: readonly ResidentSample[],
  from: number,
  to: number,
): number[] {
  return samples.filter(({ rows }) => rows >= from && rows < to).map(({ bytes }) => bytes);
}

/** Undefined when the process has ended. */
function residentBytes(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
