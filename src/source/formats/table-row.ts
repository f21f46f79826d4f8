import type { Checksum, Row } from '../../model/item.ts';
import { nearest } from '../../model/nearest.ts';
import { BadValue, MissingColumn, quoted } from '../bad-value.ts';
import { checkUrl, withoutComment } from '../check-url.ts';
import { parseChecksum } from '../parse-checksum.ts';

/** The columns of a table that have a meaning, by their headings. */
export interface ColumnOptions {
  /**
   * The column of URLs.
   * @default the column called `url` (or `uri`, `link`, `href` …), else the only column
   */
  readonly urlColumn?: string | undefined;
  /**
   * The column of file names; '' for none.
   * @default the column called `filename` or `file_name`, in JSON also `name`; without one, names come
   *   from the URLs
   */
  readonly nameColumn?: string | undefined;
  /**
   * The column of checksums that the files are checked against; '' for none.
   * @default the column called `sha256`, `sha512`, `sha1`, `md5`, `checksum` or `integrity`
   */
  readonly checksumColumn?: string | undefined;
  /** A column that the table must have, since it identifies rows. */
  readonly keyColumn?: string | undefined;
  /**
   * The other columns that are needed: a table without one of them is refused. Of a Parquet file no others
   * are read, so memory and time depend on these alone. Rows of other formats carry all their columns.
   * @default all columns of text, numbers, booleans and times
   */
  readonly columns?: readonly string[] | undefined;
}

/** How the headings of a table are read. */
export interface HeadingOptions extends ColumnOptions {
  /** Columns that rows get from the place of their list, so it need not have them itself. */
  readonly given?: readonly string[] | undefined;
  /** Whether rows of a Parquet file carry all columns that can be text, and not only the needed ones. @default false */
  readonly carriesAll?: boolean | undefined;
}

/** The columns that a table really has for them. */
export interface TableColumns {
  readonly url: string;
  readonly name: string | undefined;
  readonly checksum: string | undefined;
}

/** Headings of a column of URLs, in lower case, likeliest first. */
const URL_HEADINGS = ['url', 'uri', 'link', 'href', 'download_url', 'image_url', 'file_url'];

/** The same for file names, and for checksums: the strongest first. */
const NAME_HEADINGS = ['filename', 'file_name'];
const CHECKSUM_HEADINGS = ['sha512', 'sha384', 'sha256', 'sha1', 'md5', 'checksum', 'integrity'];

/** Whether a column of that heading has URLs. */
export function isUrlHeading(heading: string): boolean {
  return URL_HEADINGS.includes(heading.toLowerCase());
}

/**
 * Finds the columns among the `headings` of a table.
 * @throws BadValue that lists the headings, if a column that was asked for is missing, or no column is
 *   known to be the one with the URLs
 */
export function tableColumns(headings: readonly string[], options: HeadingOptions): TableColumns {
  const { urlColumn, nameColumn, checksumColumn, keyColumn, columns = [], given = [] } = options;
  for (const asked of [urlColumn, nameColumn, checksumColumn]) {
    if (asked !== undefined && asked !== '') checkColumn(asked, headings);
  }
  const all = [...headings, ...given.filter((column) => !headings.includes(column))];
  for (const asked of [keyColumn, ...columns]) {
    if (asked !== undefined && asked !== '') checkColumn(asked, all);
  }
  const url = urlColumn ?? columnOf(URL_HEADINGS, headings) ?? onlyOne(headings);
  if (url === undefined) {
    throw new BadValue(`which column has the URLs? None is called url; ${namesOf(headings)}`);
  }
  return {
    url,
    name: (nameColumn ?? columnOf(NAME_HEADINGS, headings)) || undefined,
    checksum: (checksumColumn ?? columnOf(CHECKSUM_HEADINGS, headings)) || undefined,
  };
}

/** The heading that is the likeliest of `likely`. */
function columnOf(likely: readonly string[], headings: readonly string[]): string | undefined {
  for (const one of likely) {
    const found = headings.find((heading) => heading.toLowerCase() === one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function onlyOne(headings: readonly string[]): string | undefined {
  return headings.length === 1 ? headings[0] : undefined;
}

/** @throws BadValue that lists the headings, if there is not exactly one such column */
function checkColumn(asked: string, headings: readonly string[]): void {
  const count = headings.filter((heading) => heading === asked).length;
  if (count === 1) return;
  if (count > 1) {
    throw new BadValue(`there is more than one column ${quoted(asked)}; ${namesOf(headings)}`);
  }
  const meant = nearest(asked, headings);
  const hint = meant === undefined ? '' : ` (did you mean ${quoted(meant)}?)`;
  const what = `there is no column ${quoted(asked)}${hint}; ${namesOf(headings)}`;
  throw new MissingColumn(what, headings);
}

/** The most columns that a message lists. */
const LISTED = 20;

function namesOf(headings: readonly string[]): string {
  const names = headings.slice(0, LISTED).map(quoted).join(', ');
  return `the columns are ${names}${headings.length > LISTED ? ', …' : ''}`;
}

/** A value of a record that makes no sense, with its column and the URL of its record. */
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
 * The row of one record of a table. It carries all columns: names may be made from them.
 * @param record its values by heading
 * @throws BadCell for the first value that makes no sense
 */
export function rowOfRecord(record: Readonly<Record<string, string>>, columns: TableColumns): Row {
  const url = withoutComment(cellOf(record, columns.url));
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

/** The trimmed value; empty if the record has none. */
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
