import type { Reason } from './reason.ts';

/** Failures that may be gone the next time. */
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

/** Whether a row that failed for `reason` is worth another try. */
export function isWorthRetrying(reason: Reason): boolean {
  return PASSING.has(reason);
}

/**
 * How many tries a URL gets that fails for `reason`, the first one included, whatever the run allows.
 * A name that does not exist is asked for once more, since a name server may be behind for a moment.
 */
export function mostTries(reason: Reason): number {
  return reason === 'dns-not-found' ? 2 : Number.POSITIVE_INFINITY;
}
