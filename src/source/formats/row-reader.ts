import type { Row } from '../../model/item.ts';
import type { Line } from './line-splitter.ts';

/** Makes rows of one list's lines, which come in batches, in order. */
export interface RowReader {
  /**
   * The rows that are complete with `lines`, lazily.
   * @throws RowError for the first bad row, when it is to be strict
   * @throws ListError when the list as a whole cannot be meant
   */
  rowsOf(lines: readonly Line[]): Iterable<Row>;
  /** The row that the end of the list completes, if any. Throws the same. */
  end(): Iterable<Row>;
}
