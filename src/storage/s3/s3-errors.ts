import type { IncomingHttpHeaders } from 'node:http';
import { messageOf } from '../../model/error-words.ts';
import { StorageError } from '../storage-error.ts';
import { textOf } from './xml.ts';

/** The server answered a request with an error. */
export class S3Error extends StorageError {
  override readonly name = 'S3Error';
  readonly status: number;
  /** S3's word for it, such as `SlowDown`; undefined when the answer has none. */
  readonly s3Code: string | undefined;
  /** How long the server asks to wait, in ms. */
  readonly retryAfter: number | undefined;
  /** The region that the bucket is in, when the request went to another. */
  readonly region: string | undefined;
  /** The server's clock, in ms since the epoch. */
  readonly serverTime: number | undefined;

  constructor(
    what: string,
    answer: {
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    },
  ) {
    const { status, headers, text } = answer;
    const code = textOf(text, 'Code') ?? header(headers, 'x-amz-error-code');
    // The answer to a wrong signature also has what was signed; only these two elements are shown.
    const said = textOf(text, 'Message')?.replace(/\s+/g, ' ').slice(0, 200);
    super(`${what}: ${[status, code].filter(Boolean).join(' ')}${said ? ` (${said})` : ''}`);
    this.status = status;
    this.s3Code = code;
    const seconds = Number(headers['retry-after']);
    this.retryAfter = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
    this.region = header(headers, 'x-amz-bucket-region') ?? textOf(text, 'Region');
    const time = Date.parse(headers.date ?? '');
    this.serverTime = Number.isNaN(time) ? undefined : time;
  }
}

/** The server cannot be reached, or the connection ended before its answer. */
export class S3ConnectionError extends StorageError {
  override readonly name = 'S3ConnectionError';

  constructor(what: string, cause: unknown) {
    super(`${what}: ${messageOf(cause)}`, { cause });
  }
}

/** The server stored other bytes than those that were sent. */
export class S3ChecksumError extends StorageError {
  override readonly name = 'S3ChecksumError';
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The server asks for fewer requests. */
const THROTTLING: ReadonlySet<string | undefined> = new Set([
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'ServiceUnavailable',
]);

/** Errors that may pass, though their status alone would be final. */
const PASSING: ReadonlySet<string | undefined> = new Set([
  'RequestTimeout',
  'InternalError',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
  'IncompleteBody',
  'OperationAborted',
  'ConditionalRequestConflict',
]);

const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Whether the server asks for fewer requests. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof S3Error)) return false;
  return error.status === 429 || error.status === 503 || THROTTLING.has(error.s3Code);
}

/** Whether another try may do better. */
export function mayPass(error: unknown): boolean {
  if (error instanceof S3ConnectionError || error instanceof S3ChecksumError) return true;
  if (!(error instanceof S3Error)) return false;
  return PASSING_STATUS.has(error.status) || PASSING.has(error.s3Code) || isThrottled(error);
}

/** The credentials are no longer valid: new ones may be there. */
const EXPIRED: ReadonlySet<string | undefined> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
]);

/** Whether the credentials of a request were out of date. */
export function isExpired(error: unknown): boolean {
  return error instanceof S3Error && EXPIRED.has(error.s3Code);
}

const EXPIRED_WORDS = 'the credentials have expired; renew them';

/** What the errors mean after which no object at all can be stored, and what to do. */
const FATAL: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist; create it, or check its name and the endpoint',
  InvalidBucketName: 'the server takes no bucket of this name',
  InvalidAccessKeyId: 'the server does not know the access key; check the credentials',
  SignatureDoesNotMatch: 'the secret key does not belong to the access key; check the credentials',
  AuthorizationHeaderMalformed: 'the region is wrong; set AWS_REGION',
  PermanentRedirect: 'the bucket is at another endpoint; set AWS_REGION or --s3-endpoint',
  IllegalLocationConstraintException: 'the bucket is in another region; set AWS_REGION',
  InvalidToken: 'the session token is not valid; renew the credentials',
  InvalidSecurity: 'the credentials are not valid',
  ExpiredToken: EXPIRED_WORDS,
  ExpiredTokenException: EXPIRED_WORDS,
  TokenRefreshRequired: EXPIRED_WORDS,
  RequestTimeTooSkewed: "this machine's clock is wrong; set it",
  AccountProblem: 'the account has a problem; ask the provider',
  AllAccessDisabled: 'the provider has closed the bucket',
  NotSignedUp: 'the account has no S3',
  QuotaExceeded: 'the quota is used up; make room',
  XMinioStorageFull: 'the server is full; make room',
  InsufficientStorage: 'the server is full; make room',
};

/**
 * What an error means for the whole run: nothing can be stored, whatever is sent.
 * @returns words for the user, with what to do; undefined when it is about one object
 */
export function fatalWords(error: unknown): string | undefined {
  return error instanceof S3Error ? FATAL[error.s3Code ?? ''] : undefined;
}

/** Whether the credentials do not allow what was asked for. */
export function isDenied(error: unknown): boolean {
  if (!(error instanceof S3Error)) return false;
  return error.s3Code === 'AccessDenied' || (error.s3Code === undefined && error.status === 403);
}
