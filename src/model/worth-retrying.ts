import type { Reason } from './reason.ts';

/** Failures that another try may not meet. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  'dns-not-found',
  'dns-timeout',
  'dns-failed',
  'connect',
  'timeout-connect',
  'timeout-first-byte',
  'timeout-idle',
  'too-slow',
  'connection-lost',
  'protocol',
  'truncated',
  'checksum',
  'too-many-open-files',
  'http-408', // Request Timeout
  'http-425', // Too Early
  'http-429', // Too Many Requests
  'http-500',
  'http-502',
  'http-503',
  'http-504',
]);

/**
 * Tries of a host that does not exist: a second one, since a name server may be out of date for a moment.
 */
const TRIES_OF_MISSING_NAME = 2;

/** Whether a row that failed for `reason` is worth another try. */
export function isWorthRetrying(reason: Reason): boolean {
  return PASSING.has(reason);
}

/** How many tries a row gets that fails for `reason`, of `tries` at most, the first one included. */
export function triesWorth(reason: Reason, tries: number): number {
  if (reason === 'dns-not-found') return Math.min(TRIES_OF_MISSING_NAME, tries);
  return isWorthRetrying(reason) ? tries : 1;
}
