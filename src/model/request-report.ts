import { HttpStatusError } from './failure.ts';
import { type Reason, reasonOf } from './reason.ts';
import type { Received } from './response.ts';

/** What one request told about its server. */
export interface RequestReport {
  /** From when it was sent until the head of the response was there, in ms. */
  readonly latency: number;
  /** Of the body, as they came. */
  readonly bytes: number;
  /**
   * `overload`: the server, or the way to it, has too much to do; `failed`: something that says
   * nothing of that. An answer is `ok`, whatever it says: to be told that there is no such file
   * takes a server no less than the file.
   */
  readonly result: 'ok' | 'overload' | 'failed';
  /** The server itself says that it is asked too often: by 429, or by when to come again. */
  readonly isSaid?: boolean | undefined;
}

const OVERLOAD: ReadonlySet<Reason> = new Set<Reason>([
  'http-429',
  'http-502',
  'http-503',
  'http-504',
  'timeout-connect',
  'timeout-first-byte',
  'timeout-idle',
  'connection-lost',
]);

/** Of a request that brought what it was for. */
export function reportOf({ timings, bytes }: Received): RequestReport {
  return { latency: timings.firstByte - timings.sent, bytes, result: 'ok' };
}

/** Of one that did not. @param elapsed since it was sent, in ms */
export function reportOfFailure(error: unknown, elapsed: number): RequestReport {
  const isSaid =
    error instanceof HttpStatusError && (error.status === 429 || error.retryAfter !== undefined);
  return { latency: elapsed, bytes: 0, result: resultOf(reasonOf(error)), isSaid };
}

function resultOf(reason: Reason): RequestReport['result'] {
  if (OVERLOAD.has(reason)) return 'overload';
  return reason.startsWith('http-4') || reason === 'http-304' ? 'ok' : 'failed';
}
