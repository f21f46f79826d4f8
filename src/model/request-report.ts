import { hasFailedElsewhere } from './failed-elsewhere.ts';
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
  /** What it says about the health of its origin. @default what `result` says: `answered` for `ok` */
  readonly sign?: OriginSign | undefined;
  /** How long the server asks to be left alone, in ms, when it does. */
  readonly retryAfter?: number | undefined;
  /** The failure, for the rows that end because of it. */
  readonly cause?: unknown;
}

/**
 * What a request says about its origin, whatever its load:
 *
 * - `answered`: the origin works, since it answered, if only to say that it has no such file;
 * - `refused`: it was reached and did not answer, or refused to (429, 502, 503, 504);
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
  encoding: 'answered',
  'redirect-loop': 'answered',
  'redirect-refused': 'answered',
};

/** With Retry-After these ask for time (RFC 9110 section 10.2.3, RFC 6585 section 4). */
const ASKS_TO_WAIT = new Set([429, 503]);

/** Of a request that brought what it was for. */
export function reportOf({ timings, bytes }: Received): RequestReport {
  return { latency: timings.firstByte - timings.sent, bytes, result: 'ok' };
}

/** Of one that did not. @param elapsed since it was sent, in ms */
export function reportOfFailure(error: unknown, elapsed: number): RequestReport {
  // Of an origin that redirects: what became of that elsewhere is nothing of its own.
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
