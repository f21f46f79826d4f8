import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue } from '../bad-value.ts';
import { type Line, MAX_LINE_BYTES } from '../line-splitter.ts';
import { headingsError, ListError } from '../list-error.ts';
import { type CsvRecord, cellOffset, parseRecords } from './csv-records.ts';
import type { Delimiter } from './find-format.ts';
import type { RowReader } from './list-format.ts';
import {
  BadCell,
  type HeadingOptions,
  rowOfRecord,
  type TableColumns,
  tableColumns,
} from './table-row.ts';

const QUOTES = new BadValue('a quoted value that does not end, or not where its quotes do');

/**
 * How many lines are parsed at once after a broken record; each success doubles it. To find that a
 * record is broken, the parser reads to the end of the text it is given.
 */
const AT_ONCE_AFTER_BROKEN = 8;

/** The first record of the list. */
interface Header {
  readonly headings: readonly string[];
  readonly columns: TableColumns;
}

/**
 * Reads values with commas, semicolons or tabs between them (RFC 4180). The first record names the
 * columns; Excel may have a line such as `sep=;` before it. Blank records are
 * skipped. If the quotes of a record make no sense, only the line that it begins on is lost: reading
 * goes on with the next line.
 */
export class CsvReader implements RowReader {
  readonly #bad: BadRows;
  readonly #list: string;
  readonly #delimiter: Delimiter;
  readonly #options: HeadingOptions;
  #header: Header | undefined;
  /** The lines of a record whose quotes are still open. */
  #open: Line[] = [];

  /** @param list the list's name in the error for a header that makes no sense */
  constructor(bad: BadRows, list: string, delimiter: Delimiter, options: HeadingOptions) {
    this.#bad = bad;
    this.#list = list;
    this.#delimiter = delimiter;
    this.#options = options;
  }

  *rowsOf(lines: readonly Line[]): Generator<Row, void, undefined> {
    let from = 0;
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at];
      if (line?.problem === undefined) continue;
      // An unreadable line ends any open record.
      yield* this.#take(lines.slice(from, at), true);
      yield this.#badLine(line, line.problem);
      from = at + 1;
    }
    yield* this.#take(lines.slice(from), false);
  }

  *end(): Generator<Row, void, undefined> {
    yield* this.#take([], true);
  }

  /** @param last whether no further lines can close an open quote */
  *#take(lines: readonly Line[], last: boolean): Generator<Row, void, undefined> {
    const left = this.#open.concat(lines);
    // Lines without a quote cannot close the record. Parsing it again for each of them would take
    // quadratic time.
    const stillOpen = this.#open.length > 0 && !lines.some((line) => line.text.includes('"'));
    if (stillOpen && this.#mayGoOn(left, last)) return;
    this.#open = [];
    let from = 0;
    let atOnce = left.length;
    while (from < left.length) {
      const part = left.slice(from, from + atOnce);
      const { records, rest, state } = parseRecords(part, this.#delimiter);
      for (const record of records) yield* this.#rowOf(record);
      const isAll = from + part.length === left.length;
      from += part.length - rest.length;
      const [first] = rest;
      if (state === 'whole' || first === undefined || (state === 'open' && !isAll)) {
        atOnce *= 2;
      } else if (state === 'open' && this.#mayGoOn(rest, last)) {
        return;
      } else {
        yield this.#badLine(first, QUOTES);
        from++;
        atOnce = AT_ONCE_AFTER_BROKEN;
      }
    }
  }

  /** Keeps the lines of an open record for later, unless the list has ended or it is too long. */
  #mayGoOn(lines: readonly Line[], last: boolean): boolean {
    const length = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
    if (last || length > MAX_LINE_BYTES) return false;
    this.#open = [...lines];
    return true;
  }

  *#rowOf(csvRecord: CsvRecord): Generator<Row, void, undefined> {
    const { cells, lines } = csvRecord;
    if (cells.length === 1 && cells[0]?.trim() === '') return;
    const line = lines[0]?.number ?? 0;
    if (this.#header === undefined) {
      if (/^sep=/i.test(cells[0] ?? '')) return;
      this.#header = this.#headerOf(cells, line);
      return;
    }
    const { headings, columns } = this.#header;
    const record = recordOf(headings, cells);
    try {
      checkLength(cells, headings);
      yield rowOfRecord(record, columns);
    } catch (error) {
      if (error instanceof BadValue) {
        yield this.#bad.rowOf(record[columns.url] ?? '', error, line);
      } else if (error instanceof BadCell) {
        const column = 1 + cellOffset(csvRecord, headings.indexOf(error.column));
        yield this.#bad.rowOf(error.url, error.problem, line, column);
      } else throw error;
    }
  }

  #headerOf(cells: readonly string[], line: number): Header {
    const headings = cells.map((cell) => cell.trim());
    try {
      if (headings.some((heading) => /^https?:\/\//i.test(heading))) {
        throw new BadValue(
          'the first record should name the columns, and has a URL in it: write a line such as url,title before it',
        );
      }
      return { headings, columns: tableColumns(headings, this.#options) };
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw headingsError(`${this.#list}:${line}:1`, error);
    }
  }

  #badLine({ number, text }: Line, problem: BadValue): Row {
    if (this.#header !== undefined) return this.#bad.rowOf(text, problem, number);
    throw new ListError(`${this.#list}:${number}:${1 + problem.offset}`, problem.message);
  }
}

function recordOf(headings: readonly string[], cells: readonly string[]): Record<string, string> {
  return Object.fromEntries(headings.map((heading, index) => [heading, cells[index] ?? '']));
}

/**
 * A record longer than the header probably has an unquoted delimiter in a value. Empty values at the
 * end are harmless.
 */
function checkLength(cells: readonly string[], headings: readonly string[]): void {
  if (cells.slice(headings.length).every((cell) => cell === '')) return;
  throw new BadValue(
    `${cells.length} values for ${headings.length} columns: is there one that needs quotes?`,
  );
}
