import { hasFailedElsewhere } from './failed-elsewhere.ts';
import { HttpStatusError } from './failure.ts';
import { type Reason, reasonOf } from './reason.ts';
import type { Received } from './response.ts';

/** What one request showed about its server. */
export interface RequestReport {
  /** The time from sending the request to the head of the response, in ms. */
  readonly latency: number;
  /** The length of the body as it came. */
  readonly bytes: number;
  /**
   * `overload`: the server, or the network on the way, is overloaded. `failed`: a failure that says
   * nothing about load. Any answer is `ok`, since a 404 takes the server as much work as a file.
   */
  readonly result: 'ok' | 'overload' | 'failed';
  /** The server says itself that it gets too many requests: by 429, or by `Retry-After`. */
  readonly isSaid?: boolean | undefined;
  /** What it says about the health of its origin. @default `answered` when `result` is `ok` */
  readonly sign?: OriginSign | undefined;
  /** The time that `Retry-After` asks to wait, in ms. */
  readonly retryAfter?: number | undefined;
  /** The failure. Rows that end because of it have it as their cause. */
  readonly cause?: unknown;
}

/**
 * What a request says about the health of its origin:
 *
 * - `answered`: the origin works, since it answered, be it with a 404;
 * - `refused`: the origin was reached and did not answer, or refused to (429, 502, 503, 504);
 * - `unreachable`: there was no connection;
 * - `none`: the failure was on this machine, or the request was cancelled.
 */
type OriginSign = 'answered' | 'refused' | 'unreachable' | 'none';

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

/** Other `http-` reasons are answers. */
const SIGN_OF: Readonly<Partial<Record<Reason, OriginSign>>> = {
  'http-429': 'refused',
  'http-502': 'refused',
  'http-503': 'refused',
  'http-504': 'refused',
  'timeout-first-byte': 'refused',
  'connection-lost': 'refused',
  protocol: 'refused',
  connect: 'unreachable',
  tls: 'unreachable',
  proxy: 'unreachable',
  'timeout-connect': 'unreachable',
  'timeout-idle': 'answered',
  'too-slow': 'answered',
  truncated: 'answered',
  range: 'answered',
  checksum: 'answered',
  'too-large': 'answered',
  'too-small': 'answered',
  'wrong-type': 'answered',
  'wrong-size': 'answered',
  encoding: 'answered',
  'redirect-loop': 'answered',
  'redirect-refused': 'answered',
};

/** The statuses for which `Retry-After` asks to wait (RFC 9110 section 10.2.3, RFC 6585 section 4). */
const ASKS_TO_WAIT = new Set([429, 503]);

/** The report of a request that succeeded. */
export function reportOf({ timings, bytes }: Received): RequestReport {
  return { latency: timings.firstByte - timings.sent, bytes, result: 'ok' };
}

/** The report of a request that failed. @param elapsed ms since it was sent */
export function reportOfFailure(error: unknown, elapsed: number): RequestReport {
  // The origin answered with a redirect; the failure is that of another origin.
  if (hasFailedElsewhere(error)) {
    return { latency: elapsed, bytes: 0, result: 'failed', sign: 'answered', cause: error };
  }
  const reason = reasonOf(error);
  const answer = error instanceof HttpStatusError ? error : undefined;
  return {
    latency: elapsed,
    bytes: 0,
    result: resultOf(reason),
    isSaid: answer !== undefined && (answer.status === 429 || answer.retryAfter !== undefined),
    sign: signOf(reason),
    retryAfter:
      answer !== undefined && ASKS_TO_WAIT.has(answer.status) ? answer.retryAfter : undefined,
    cause: error,
  };
}

function resultOf(reason: Reason): RequestReport['result'] {
  if (OVERLOAD.has(reason)) return 'overload';
  return reason.startsWith('http-4') || reason === 'http-304' ? 'ok' : 'failed';
}

function signOf(reason: Reason): OriginSign {
  if (reason.startsWith('dns-')) return 'unreachable';
  return SIGN_OF[reason] ?? (reason.startsWith('http-') ? 'answered' : 'none');
}
