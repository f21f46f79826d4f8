import type { Checksum, Row } from '../../model/item.ts';
import { BadValue } from '../bad-value.ts';
import { checkUrl } from '../check-url.ts';
import { parseChecksum } from '../parse-checksum.ts';
import { quoted } from '../visible.ts';
import type { TableColumns } from './table-columns.ts';

/** A record's value that cannot be meant: of which column, and beside which URL. */
export class BadCell extends Error {
  override readonly name = 'BadCell';
  readonly url: string;
  readonly column: string;
  readonly problem: BadValue;

  constructor(url: string, column: string, problem: BadValue) {
    super(problem.message);
    this.url = url;
    this.column = column;
    this.problem = problem;
  }
}

/**
 * A table's record as a row. All columns go along, for names to be made of them.
 * @param record its values by heading
 * @throws BadCell
 */
export function rowOfRecord(record: Readonly<Record<string, string>>, columns: TableColumns): Row {
  const url = cellOf(record, columns.url);
  if (url === '') {
    const problem = new BadValue(`there is no value in the column ${quoted(columns.url)}`);
    throw new BadCell(url, columns.url, problem);
  }
  inColumn(url, columns.url, () => checkUrl(url));
  const name = columns.name === undefined ? '' : cellOf(record, columns.name);
  return {
    url,
    name: name === '' ? undefined : name,
    checksum: checksumOf(record, columns),
    columns: record,
  };
}

function checksumOf(
  record: Readonly<Record<string, string>>,
  { url, checksum }: TableColumns,
): Checksum | undefined {
  if (checksum === undefined) return undefined;
  const text = cellOf(record, checksum);
  if (text === '') return undefined;
  return inColumn(cellOf(record, url), checksum, () => parseChecksum(text));
}

/** Without the blanks around it; empty when there is none. */
function cellOf(record: Readonly<Record<string, string>>, column: string): string {
  return Object.hasOwn(record, column) ? (record[column]?.trim() ?? '') : '';
}

function inColumn<T>(url: string, column: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof BadValue ? new BadCell(url, column, error) : error;
  }
}
