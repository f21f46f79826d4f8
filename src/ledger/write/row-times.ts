import type { SQLOutputValue } from 'node:sqlite';
import type { Status } from '../../model/outcome.ts';
import type { Timings } from '../../model/response.ts';

/** When a row was under way, and how it ended. */
export interface RowTimes {
  readonly status: Status;
  /** Of its file. */
  readonly bytes: number;
  readonly attempts: number;
  /** In ms since the epoch; undefined for a row whose turn never came. */
  readonly startedAt?: number | undefined;
  /** In ms. */
  readonly elapsed: number;
  /** In ms since `startedAt`. */
  readonly timings?: Timings | undefined;
}

/** The columns of {@link readTimes}, in SQL; the first is the row's id. */
export const TIMES_COLUMNS =
  'id, status, bytes, attempts, started_at, elapsed, sent, first_byte, body_end';

/** A row as an array: with a million of them to read, objects would take twice as long. */
export function readTimes(row: readonly SQLOutputValue[]): RowTimes {
  const [, status, bytes, attempts, startedAt, elapsed, sent, firstByte, end] = row;
  return {
    status: status as Status,
    bytes: bounded(bytes),
    attempts: bounded(attempts),
    startedAt: startedAt === null ? undefined : bounded(startedAt),
    elapsed: bounded(elapsed),
    timings:
      sent === null || firstByte === null || end === null
        ? undefined
        : { sent: bounded(sent), firstByte: bounded(firstByte), end: bounded(end) },
  };
}

/** What is drawn must not be endless, whatever an edited ledger says. */
function bounded(value: SQLOutputValue | undefined): number {
  return Math.min(Math.max(Number(value ?? 0), 0), Number.MAX_SAFE_INTEGER);
}
