import { DownloadError, HttpStatusError, OriginDownError, WrongTypeError } from './failure.ts';
import type { Item } from './item.ts';
import { type Reason, reasonOf } from './reason.ts';
import { type Received, type Timings, timingsSince } from './response.ts';

/** How a row ended. Every row ends in exactly one of them. */
export const STATUSES = ['ok', 'skipped', 'not-found', 'failed', 'cancelled'] as const;
export type Status = (typeof STATUSES)[number];

/** How a row ends that has its file. */
export const DONE: readonly Status[] = ['ok', 'skipped'];

/** Whether a row that ended so has its file, and needs no other try. */
export function isDone(status: Status): boolean {
  return status === 'ok' || status === 'skipped';
}

/** What became of one row: one shape for success and failure. */
export interface Outcome {
  readonly item: Item;
  readonly status: Status;
  /** Why it is not `ok`. */
  readonly reason?: Reason | undefined;
  /** Where the file is, when it is `ok`. */
  readonly path?: string | undefined;
  /** The length of the body that was saved. */
  readonly bytes: number;
  /** What the server answered, when it did. */
  readonly httpStatus?: number | undefined;
  /** Where the file came from in the end, when redirects led elsewhere. */
  readonly finalUrl?: string | undefined;
  /** The IP address that the file came from; absent where a proxy brought it. */
  readonly resolvedAddress?: string | undefined;
  /** `sha256:…` of the file, where one was asked for. */
  readonly digest?: string | undefined;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  /** What the server says the file is (`Content-Type`); also when it failed for that. */
  readonly contentType?: string | undefined;
  /**
   * Its origin was given up after the tries of other rows, and that ended this one, perhaps before any
   * request was sent for it. Only there when it is so.
   */
  readonly originDown?: true | undefined;
  /** Requests sent for it: 0 when its turn never came. */
  readonly attempts: number;
  /** How long it had waited for its turn, in ms: since it was read from the list. */
  readonly queued?: number | undefined;
  /** When its turn came, in ms since the epoch, and how long it took from then on, in ms. */
  readonly startedAt?: number | undefined;
  readonly elapsed?: number | undefined;
  /** Of the request that brought the file, in ms since its turn came: what others took comes before. */
  readonly timings?: Timings | undefined;
  /** What was not as it should be about the file that is there, and was tolerated: one line. */
  readonly note?: string | undefined;
  /** The failure, with the original error as its `cause`, when it is `failed`. */
  readonly error?: DownloadError | undefined;
}

/** The server has no such thing: an answer, not a failure (RFC 9110 sections 15.5.5 and 15.5.11). */
const NOT_FOUND = new Set([404, 410]);

/** What the engine learned while it took a row all the way. */
interface Settled {
  readonly received: Received;
  readonly saved: {
    readonly path: string;
    readonly bytes: number;
    readonly digest?: string | undefined;
  };
}

/**
 * The file is there, whole.
 * @param before ms from when its turn came to the request that brought it
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
  };
}

/** Nothing had to be downloaded: `reason` says why. */
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

/** There is no file, because of `cause`. */
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

/** The run was stopped before the row got to its end. */
export function cancelledOutcome(item: Item): Outcome {
  return { item, status: 'cancelled', reason: 'cancelled', bytes: 0, attempts: 0 };
}
