import { DownloadError, HttpStatusError } from './failure.ts';
import type { Item } from './item.ts';
import { type Reason, reasonOf } from './reason.ts';

/** How a row ended. Every row ends in exactly one of them. */
export const STATUSES = ['ok', 'skipped', 'not-found', 'failed', 'cancelled'] as const;
export type Status = (typeof STATUSES)[number];

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
  /** The failure, with the original error as its `cause`, when it is `failed`. */
  readonly error?: DownloadError | undefined;
}

/** The server has no such thing: an answer, not a failure (RFC 9110 sections 15.5.5 and 15.5.11). */
const NOT_FOUND = new Set([404, 410]);

/** The file is there, whole. */
export function okOutcome(
  item: Item,
  { path, bytes, httpStatus }: { path: string; bytes: number; httpStatus: number },
): Outcome {
  return { item, status: 'ok', path, bytes, httpStatus };
}

/** There is no file, because of `cause`. */
export function failedOutcome(item: Item, cause: unknown): Outcome {
  const httpStatus = cause instanceof HttpStatusError ? cause.status : undefined;
  if (httpStatus !== undefined && NOT_FOUND.has(httpStatus)) {
    return { item, status: 'not-found', reason: reasonOf(cause), bytes: 0, httpStatus };
  }
  const error = new DownloadError(item, cause);
  return { item, status: 'failed', reason: error.reason, bytes: 0, httpStatus, error };
}

/** The run was stopped before the row got to its end. */
export function cancelledOutcome(item: Item): Outcome {
  return { item, status: 'cancelled', reason: 'cancelled', bytes: 0 };
}
