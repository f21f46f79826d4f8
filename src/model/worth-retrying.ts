import type { Reason } from './reason.ts';

/** Failures that may be gone the next time. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  'dns',
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
