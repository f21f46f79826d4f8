import type { Row } from '../../model/item.ts';
import type { Line } from '../line-splitter.ts';

/** The formats of lists that can be read. */
export const LIST_FORMATS = ['lines', 'aria2', 'csv', 'tsv', 'jsonl', 'json', 'parquet'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

const FORMAT_OF_EXTENSION: ReadonlyArray<readonly [extension: string, format: ListFormat]> = [
  ['.aria2', 'aria2'],
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json', 'json'],
  ['.parquet', 'parquet'],
  ['.parq', 'parquet'],
  ['.pq', 'parquet'],
];

/** The format that the extension of `path` names, before any `.gz`; undefined for other extensions. */
export function formatOf(path: string): ListFormat | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  return FORMAT_OF_EXTENSION.find(([extension]) => name.endsWith(extension))?.[1];
}

/** Formats that are not read, by their extension. */
const NOT_READ: Readonly<Record<string, string>> = {
  '.arrow': 'Arrow',
  '.feather': 'Arrow',
  '.avro': 'Avro',
  '.orc': 'ORC',
  '.xlsx': 'Excel',
  '.xls': 'Excel',
  '.ods': 'OpenDocument',
};

/** Why a list of that name is not read without a format that is given; undefined for other names. */
export function whyNotRead(path: string): string | undefined {
  const extension = /\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? '';
  const format = NOT_READ[extension];
  return (
    format &&
    `is called a list in ${format} format, which is not read: write its URLs to CSV or JSON lines; --format says what is in it otherwise`
  );
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
