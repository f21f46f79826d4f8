import { DownloadError, HttpStatusError, OriginDownError } from './failure.ts';
import { AlreadyThereError, ChangedHereError, WrongTypeError } from './file-errors.ts';
import type { Item } from './item.ts';
import { type Reason, reasonOf } from './reason.ts';
import { type Received, type Timings, timingsSince } from './response.ts';

/** All values of {@link Status}. */
export const STATUSES = ['ok', 'skipped', 'not-found', 'failed', 'cancelled'] as const;
/**
 * How a row ended, in exactly one of these ways: its file was saved (`ok`), or was there already (`skipped`);
 * the server has no such file (`not-found`); it failed (`failed`); the run was stopped before
 * (`cancelled`).
 */
export type Status = (typeof STATUSES)[number];

/** How a row ends that has its file. */
export const DONE: readonly Status[] = ['ok', 'skipped'];

/** Whether a row that ended so has its file, and needs no other try. */
export function isDone(status: Status): boolean {
  return status === 'ok' || status === 'skipped';
}

/**
 * The result of one row: one shape for success and failure. An optional field is undefined where its
 * comment does not apply.
 *
 * @example
 * ```ts
 * for await (const outcome of download(rows, { directory: 'files' })) {
 *   const { item, status, reason, path, bytes, error } = outcome;
 *   if (status === 'ok') console.log(path, bytes);
 *   else console.error(item.url, reason, error?.detail);
 * }
 * ```
 */
export interface Outcome {
  /** The row. */
  readonly item: Item;
  /** How it ended. */
  readonly status: Status;
  /** Why it is not `ok`. */
  readonly reason?: Reason | undefined;
  /** The path of the file; undefined when there is none. */
  readonly path?: string | undefined;
  /** The length of the file, in bytes; 0 without a file. */
  readonly bytes: number;
  /** The status of the response; undefined when there was none. */
  readonly httpStatus?: number | undefined;
  /** The URL that the file came from; undefined unless redirects led there. */
  readonly finalUrl?: string | undefined;
  /** The IP address that the file came from; absent where a proxy brought it. */
  readonly resolvedAddress?: string | undefined;
  /** The file came over TLS from a server whose certificate was not checked. */
  readonly insecure?: true | undefined;
  /** `sha256:…` of the file, where one was asked for. */
  readonly digest?: string | undefined;
  /**
   * The path of an earlier row's file with the same contents, which are stored once: `path` is a hard link
   * to it, or in shards and in S3 the same path.
   */
  readonly duplicateOf?: string | undefined;
  /** When the file was saved, or found to match its checksum, in ms since the epoch. */
  readonly savedAt?: number | undefined;
  /** The `ETag` of the response. */
  readonly etag?: string | undefined;
  /** The `Last-Modified` of the response. */
  readonly lastModified?: string | undefined;
  /** The `Content-Type` of the response; also of a row that failed for it. */
  readonly contentType?: string | undefined;
  /**
   * The row ended because its origin was given up after the tries of other rows, perhaps before any
   * request was sent for the row. Undefined otherwise.
   */
  readonly originDown?: true | undefined;
  /** Requests sent for the row; 0 when its turn never came. */
  readonly attempts: number;
  /** The wait from when the row was read until its turn came, in ms. */
  readonly queued?: number | undefined;
  /** When the turn of the row came, in ms since the epoch. */
  readonly startedAt?: number | undefined;
  /** How long the row took from then on, in ms. */
  readonly elapsed?: number | undefined;
  /**
   * How long the tries before the last one took, with the waits between, in ms; undefined for a row with
   * one try.
   */
  readonly earlierTries?: number | undefined;
  /** The times of the request that brought the file, in ms since the turn of the row came. */
  readonly timings?: Timings | undefined;
  /** A defect of the response that was tolerated, or where the file was copied from, in one line. */
  readonly note?: string | undefined;
  /** The failure of a row that is `failed`, with the original error as its `cause`. */
  readonly error?: DownloadError | undefined;
}

/** The server has no such file: an answer, not a failure (RFC 9110 sections 15.5.5 and 15.5.11). */
const NOT_FOUND = new Set([404, 410]);

/** The response and the file of a row that was saved. */
interface Settled {
  readonly received: Received;
  readonly saved: {
    readonly path: string;
    readonly bytes: number;
    readonly digest?: string | undefined;
    readonly duplicateOf?: string | undefined;
  };
}

/**
 * The outcome of a row whose file was downloaded and saved.
 * @param before ms from the turn of the row to the request that brought the file
 */
export function okOutcome(item: Item, { received, saved }: Settled, before = 0): Outcome {
  const { head, timings, note } = received;
  return {
    item,
    status: 'ok',
    path: saved.path,
    bytes: saved.bytes,
    digest: saved.digest,
    httpStatus: head.httpStatus,
    finalUrl: head.url === item.url ? undefined : head.url,
    resolvedAddress: head.address,
    etag: head.etag,
    lastModified: head.lastModified,
    contentType: head.contentType,
    timings: timingsSince(before, timings),
    attempts: 0,
    ...(note === undefined ? {} : { note }),
    ...(saved.duplicateOf === undefined ? {} : { duplicateOf: saved.duplicateOf }),
    ...(head.insecure ? { insecure: true } : {}),
  };
}

/** The outcome of a row that needed no download, for `reason`. */
export function skippedOutcome(item: Item, reason: Reason, file?: Settled['saved']): Outcome {
  return {
    item,
    status: 'skipped',
    reason,
    path: file?.path,
    bytes: file?.bytes ?? 0,
    digest: file?.digest,
    attempts: 0,
  };
}

/** The outcome of a row whose file was changed here, and stays: `skipped`, or `failed` if asked for. */
export function changedOutcome(item: Item, error: ChangedHereError): Outcome {
  if (error.isFailure) return failedOutcome(item, error);
  return { ...skippedOutcome(item, error.reason, error.file), note: error.message };
}

/** The outcome of an item that ended with an error but did not fail. @returns undefined if it did */
export function skippedBy(item: Item, error: unknown): Outcome | undefined {
  if (error instanceof AlreadyThereError) return skippedOutcome(item, error.reason, error.file);
  if (error instanceof ChangedHereError) {
    return error.isFailure ? undefined : changedOutcome(item, error);
  }
  const reason = reasonOf(error);
  const isSkipped = reason === 'name-skipped' || reason === 'duplicate';
  return isSkipped ? skippedOutcome(item, reason) : undefined;
}

/** The outcome of a row that has no file, because of `cause`: `not-found` or `failed`. */
export function failedOutcome(item: Item, cause: unknown): Outcome {
  const httpStatus = cause instanceof HttpStatusError ? cause.status : undefined;
  if (httpStatus !== undefined && NOT_FOUND.has(httpStatus)) {
    return {
      item,
      status: 'not-found',
      reason: reasonOf(cause),
      bytes: 0,
      httpStatus,
      attempts: 0,
    };
  }
  const error = new DownloadError(item, cause);
  const { reason } = error;
  const failed = {
    item,
    status: 'failed',
    reason,
    bytes: 0,
    httpStatus,
    ...(cause instanceof WrongTypeError ? { contentType: cause.contentType } : {}),
    error,
    attempts: 0,
  } as const;
  return cause instanceof OriginDownError ? { ...failed, originDown: true } : failed;
}

/** The outcome of a row that the run was stopped before. */
export function cancelledOutcome(item: Item): Outcome {
  return { item, status: 'cancelled', reason: 'cancelled', bytes: 0, attempts: 0 };
}
