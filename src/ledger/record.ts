import type { RowDetails } from '../model/item.ts';
import type { Outcome, Status } from '../model/outcome.ts';
import type { Timings } from '../model/response.ts';

/** What is known of a row's file in the directory. */
interface RecordedFile {
  /**
   * Relative to the directory. A row that failed may have a file too, of an earlier run; `bytes`,
   * `digest` and the validators then are that file's.
   */
  readonly path?: string | undefined;
  readonly bytes: number;
  readonly digest?: string | undefined;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** The one record of a row: what became of it, last. */
export interface LedgerRecord extends RecordedFile {
  readonly id: number;
  /** Its place in the list of the last run that had it, from 0. */
  readonly index: number;
  readonly url: string;
  /** The name that the list asked for. */
  readonly name?: string | undefined;
  /** Which of the rows with this URL and name it is, from 1. */
  readonly occurrence: number;
  readonly status: Status;
  /** The run that this became of it in. */
  readonly run: number;
  /** The last run that had the row in its list. */
  readonly seen: number;
  readonly reason?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly finalUrl?: string | undefined;
  /** What the server says the file is, or what came in its place. */
  readonly contentType?: string | undefined;
  /** Requests sent for it in its run. */
  readonly attempts: number;
  /** As {@link Outcome} has them. */
  readonly queued?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly elapsed?: number | undefined;
  readonly timings?: Timings | undefined;
  /** The failure in one printable line; of a file that is there, what was tolerated. */
  readonly message?: string | undefined;
  /** What the row said besides; kept only while there is no file. Headers are never kept. */
  readonly details?: Omit<RowDetails, 'headers' | 'problem' | 'name'> | undefined;
}

/** What an earlier run recorded of a row: as much as decides whether it is done. */
export interface PreviousRecord extends RecordedFile {
  /** It ended `ok` or `skipped`. */
  readonly isDone: boolean;
}
