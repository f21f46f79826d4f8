import { readFileSync } from 'node:fs';

/** What a run has open besides: its ledger, its threads, the list, the terminal. */
const OTHERS = 40;

/** A request may have a connection and a file. */
const EACH = 2;

/**
 * How many requests there can be at a time before the process is out of open files (`ulimit -n`): a
 * limit that is met in the middle fails whatever comes next, the ledger too.
 *
 * @returns at least 1; Infinity where the system does not tell (it is asked on Linux, proc_pid_limits(5))
 */
export function requestsThatFit(limits: string = readLimits()): number {
  const limit = /^Max open files +(\d+)/m.exec(limits)?.[1];
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor((Number(limit) - OTHERS) / EACH));
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
