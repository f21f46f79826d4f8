import { safeLine } from '../../model/safe-text.ts';
import type { ReportedRow } from '../reported-row.ts';
import type { RowColumns } from './page-data.ts';

/** Columns that rows are added to. */
type Columns = { -readonly [Name in keyof RowColumns]: RowColumns[Name][number][] };

/** What the page has of a row in its own way. */
export interface Placed {
  /** Its file's path, relative to the directory. */
  readonly path: string | undefined;
  /** When it was taken up, in ms since the run's start; undefined for one of an earlier run. */
  readonly start: number | undefined;
}

/** Writes rows down column by column, as the page reads them. */
export class RowColumnsBuilder {
  readonly columns: Columns = {
    index: [],
    url: [],
    status: [],
    reason: [],
    httpStatus: [],
    bytes: [],
    attempts: [],
    path: [],
    message: [],
    start: [],
    queued: [],
    sent: [],
    firstByte: [],
    bodyEnd: [],
    end: [],
  };

  get length(): number {
    return this.columns.index.length;
  }

  add(row: ReportedRow, { path, start }: Placed): void {
    const { columns } = this;
    const { timings, attempts } = row;
    const isTimed = attempts > 0 && start !== undefined;
    columns.index.push(row.index);
    columns.url.push(safeLine(row.url));
    columns.status.push(row.status);
    columns.reason.push(row.reason ?? '');
    columns.httpStatus.push(row.httpStatus ?? 0);
    columns.bytes.push(row.bytes);
    columns.attempts.push(attempts);
    columns.path.push(path ?? '');
    columns.message.push(row.message ?? '');
    columns.start.push(isTimed ? tenths(Math.max(start, 0)) : null);
    columns.queued.push(isTimed ? tenths(row.queued ?? 0) : 0);
    const seen = isTimed ? timings : undefined;
    columns.sent.push(seen === undefined ? null : tenths(seen.sent));
    columns.firstByte.push(seen === undefined ? null : tenths(seen.firstByte));
    columns.bodyEnd.push(seen === undefined ? null : tenths(seen.end));
    columns.end.push(isTimed ? tenths(row.elapsed ?? 0) : 0);
  }
}

/** Shorter to write, and more exact than any eye. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
