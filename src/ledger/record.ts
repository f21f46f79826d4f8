import type { RowDetails } from '../model/item.ts';
import type { RowRecord } from '../model/row-fields.ts';

/**
 * The one record of a row: what became of it, last. Its `path` is relative to the directory. A row that
 * failed may have a file too, of an earlier run; `bytes`, `digest` and the validators are that file's
 * then.
 */
export interface LedgerRecord extends RowRecord {
  readonly id: number;
  /** Which of the rows with this URL and name it is, from 1. */
  readonly occurrence: number;
  /** The run whose outcome this is. */
  readonly run: number;
  /** The last run that had the row in its list. */
  readonly seen: number;
  /** What the row said besides; kept only while there is no file. Headers are never kept. */
  readonly details?: Omit<RowDetails, 'headers' | 'problem' | 'name'> | undefined;
}

/** What an earlier run recorded of a row: as much as decides whether it is done. */
export interface PreviousRecord
  extends Pick<RowRecord, 'path' | 'bytes' | 'digest' | 'etag' | 'lastModified'> {
  /** It ended `ok` or `skipped`. */
  readonly isDone: boolean;
}
