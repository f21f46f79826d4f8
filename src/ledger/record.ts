import type { RowDetails } from '../model/item.ts';
import type { Status } from '../model/outcome.ts';
import type { Timings } from '../model/response.ts';
import type { RowKey } from './row-key.ts';

/** The one record of a row: what became of it, last. */
export interface LedgerRecord extends PreviousRecord {
  readonly key: RowKey;
  /** Its place in the list of the last run that had it, from 0. */
  readonly index: number;
  readonly url: string;
  /** The name that the list asked for. */
  readonly name?: string | undefined;
  readonly reason?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly finalUrl?: string | undefined;
  /** Requests sent for it in its run. */
  readonly attempts: number;
  /** In ms since the epoch. */
  readonly startedAt?: number | undefined;
  /** In ms. */
  readonly elapsed?: number | undefined;
  readonly timings?: Timings | undefined;
  /** The failure in one printable line. */
  readonly message?: string | undefined;
  /** What the row said besides; kept only while there is no file. Headers are never kept. */
  readonly details?: Omit<RowDetails, 'headers' | 'problem' | 'name'> | undefined;
}

/** As much of a {@link LedgerRecord} as decides whether the row is done. */
export interface PreviousRecord {
  readonly status: Status;
  /** The run that this became of it in. */
  readonly run: number;
  /** The last run that had the row in its list. */
  readonly seen: number;
  /**
   * The file of this row that is in the directory, relative to it. A row that failed may have one
   * too, of an earlier run; `bytes`, `digest` and the validators then are that file's.
   */
  readonly path?: string | undefined;
  readonly bytes: number;
  readonly digest?: string | undefined;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}
