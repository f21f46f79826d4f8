import type { Row } from '../../model/item.ts';
import type { Line } from '../line-splitter.ts';

/** The formats of lists that can be read. */
export const LIST_FORMATS = ['lines', 'aria2', 'csv', 'tsv', 'jsonl'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

const FORMAT_OF_EXTENSION: ReadonlyArray<readonly [extension: string, format: ListFormat]> = [
  ['.aria2', 'aria2'],
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
];

/** The format that the extension of `path` names, before any `.gz`; `lines` for other extensions. */
export function formatOf(path: string): ListFormat {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  return FORMAT_OF_EXTENSION.find(([extension]) => name.endsWith(extension))?.[1] ?? 'lines';
}

/** Turns the lines of one list into rows. The lines come in batches, in order. */
export interface RowReader {
  /**
   * The rows that `lines` complete, lazily.
   * @throws RowError for the first bad row, in strict mode
   * @throws ListError if the list as a whole makes no sense
   */
  rowsOf(lines: readonly Line[]): Iterable<Row>;
  /** The row that the end of the list completes, if any. Throws the same errors. */
  end(): Iterable<Row>;
}
