import { readFileSync } from 'node:fs';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import type { DownloadOptions } from '../download-options.ts';
import { MOST_RUN_REQUESTS } from '../model/options.ts';

/** Files that a run has open besides those of its requests: the ledger, threads, the list, the terminal. */
const OTHERS = 40;

/** A request may have a connection and a file. */
const FILES_OF_REQUEST = 2;

/**
 * How many requests there can be at a time before the process runs out of open files (`ulimit -n`).
 * A run that reaches that limit fails whatever opens the next file, the ledger included.
 *
 * @returns at least 1; Infinity where the limit is not known (it is read on Linux, proc_pid_limits(5))
 */
export function requestsThatFit(limits: string = readLimits()): number {
  const limit = /^Max open files +(\d+)/m.exec(limits)?.[1];
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor((Number(limit) - OTHERS) / FILES_OF_REQUEST));
}

/**
 * The requests asked for, or as many as fit. Says on stderr when those are fewer.
 * @param fit see {@link requestsThatFit}
 */
export function concurrencyWithin(
  fit: number,
  maxRequests: number | 'auto',
): Pick<DownloadOptions, 'maxRequests' | 'mostRequests' | 'maxOpenConnections'> {
  const mostRequests = Math.min(fit, MOST_RUN_REQUESTS);
  if (maxRequests === 'auto') return { maxRequests, mostRequests, maxOpenConnections: fit };
  if (maxRequests > fit) {
    const instead = `${fit} requests at a time instead of ${maxRequests}`;
    process.stderr.write(
      `flaghoist: ${instead}: more do not fit into the files it may open (ulimit -n)\n`,
    );
  }
  return { maxRequests: Math.min(maxRequests, fit), maxOpenConnections: fit };
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/** The size up to which V8 may let its young generation grow freely, in bytes. */
const YOUNG_ENOUGH = 4 * 1024 * 1024;

/** How often the size is checked until then, in ms. */
const LOOK_EVERY = 50;

/**
 * Has V8 collect garbage before it takes more memory from the system. On a machine with much memory it
 * would let a run grow to three times what it needs. The young generation may grow to what a run with
 * thousands of requests a second needs, and no further. Measured with Node 26.10, a run of 60,000 files
 * takes 155 MB, and 192 MB without the limit of the young generation, in the same time.
 */
export function keepMemoryLow(): NodeJS.Timeout {
  // The memory of the compiler is freed by the thread that took it. Freed by another thread, that thread
  // would keep it: 20 MB in a run. A V8 without this flag ignores it.
  setFlagsFromString('--no-maglev-destroy-on-background');
  // How much the old generation may grow beyond the memory in use before it is collected, in %.
  setFlagsFromString('--heap-growing-percent=15');
  const timer = setInterval(() => {
    if (youngSpaceSize() < YOUNG_ENOUGH) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, LOOK_EVERY);
  return timer.unref();
}

function youngSpaceSize(): number {
  return (
    getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0
  );
}
