import { readFileSync } from 'node:fs';
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
