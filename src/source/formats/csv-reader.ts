import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue } from '../bad-value.ts';
import { ListError } from '../list-error.ts';
import { cellOffset } from './cell-offset.ts';
import { type Line, MAX_LINE_BYTES } from './line-splitter.ts';
import { type CsvRecord, parseRecords } from './parse-records.ts';
import { BadCell, rowOfRecord } from './record-row.ts';
import type { RowReader } from './row-reader.ts';
import { type ColumnOptions, type TableColumns, tableColumns } from './table-columns.ts';

const QUOTES = new BadValue('a quoted value that does not end, or not where its quotes do');

/**
 * How many lines are parsed at once after a broken record, doubled with each success: to find that
 * it is broken, the parser reads on to the end of what it is given.
 */
const AT_ONCE_AFTER_BROKEN = 8;

/** What the first record says. */
interface Header {
  readonly headings: readonly string[];
  readonly columns: TableColumns;
}

/**
 * Comma- or tab-separated values (RFC 4180), the first record of which names the columns. Blank
 * records are left out. Where quotes do not make sense, only the line on which the record begins is
 * lost: reading goes on with the one after it.
 */
export class CsvReader implements RowReader {
  readonly #bad: BadRows;
  readonly #list: string;
  readonly #delimiter: ',' | '\t';
  readonly #options: ColumnOptions;
  #header: Header | undefined;
  /** The lines of a record whose quotes are still open. */
  #open: Line[] = [];

  /** @param list what to call it in the error of a header that cannot be used */
  constructor(bad: BadRows, list: string, delimiter: ',' | '\t', options: ColumnOptions) {
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
      // No record goes on across a line that cannot be read.
      yield* this.#take(lines.slice(from, at), true);
      yield this.#badLine(line, line.problem);
      from = at + 1;
    }
    yield* this.#take(lines.slice(from), false);
  }

  *end(): Generator<Row, void, undefined> {
    yield* this.#take([], true);
  }

  /** @param last nothing comes after `lines` that could close an open quote */
  *#take(lines: readonly Line[], last: boolean): Generator<Row, void, undefined> {
    const left = this.#open.concat(lines);
    // Parsing what is open again for each line that cannot close it would take for ever.
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

  /** Keeps the lines of an open record for later, unless it is over or too long to be one. */
  #mayGoOn(lines: readonly Line[], last: boolean): boolean {
    const length = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
    if (last || length > MAX_LINE_BYTES) return false;
    this.#open = [...lines];
    return true;
  }

  *#rowOf({ cells, lines }: CsvRecord): Generator<Row, void, undefined> {
    if (cells.length === 1 && cells[0]?.trim() === '') return;
    const line = lines[0]?.number ?? 0;
    if (this.#header === undefined) {
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
        const column = 1 + cellOffset(cells, headings.indexOf(error.column), lines);
        yield this.#bad.rowOf(error.url, error.problem, line, column);
      } else throw error;
    }
  }

  #headerOf(cells: readonly string[], line: number): Header {
    const headings = cells.map((cell) => cell.trim());
    try {
      if (headings.some((heading) => /^https?:\/\//i.test(heading))) {
        throw new BadValue('the first record should name the columns, and has a URL in it');
      }
      return { headings, columns: tableColumns(headings, this.#options) };
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw new ListError(`${this.#list}:${line}:1`, error.message);
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
 * Empty values at the end are no matter; any other may well be half of one with a delimiter in
 * it.
 */
function checkLength(cells: readonly string[], headings: readonly string[]): void {
  if (cells.slice(headings.length).every((cell) => cell === '')) return;
  throw new BadValue(
    `${cells.length} values for ${headings.length} columns: is there one that needs quotes?`,
  );
}
