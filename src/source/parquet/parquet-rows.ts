import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue, quoted } from '../bad-value.ts';
import {
  BadCell,
  type HeadingOptions,
  rowOfRecord,
  type TableColumns,
  tableColumns,
} from '../formats/table-row.ts';
import type { Cell } from './cell-text.ts';
import { ColumnReader } from './column-reader.ts';
import type { Footer, RowGroup } from './footer.ts';
import { ParquetError } from './parquet-error.ts';
import type { RandomFile } from './random-file.ts';
import type { ParquetColumn } from './schema.ts';

/** The most rows that are made before the run gets a turn. */
const MOST_AT_ONCE = 1_000;

/** A column that is read, and why. */
interface Wanted {
  readonly column: ParquetColumn;
  /** Whether a value that cannot be text makes the row a bad one. Otherwise the row lacks the value. */
  readonly isAsked: boolean;
  readonly isDigest: boolean;
}

/** A column in one row group. */
interface Open {
  readonly wanted: Wanted;
  /** Undefined for a column that has no text. */
  readonly reader: ColumnReader | undefined;
  cells: readonly Cell[];
  /** How many of `cells` have become rows. */
  taken: number;
}

/** Reads the rows of a Parquet file, in the order in which they are stored. */
export class ParquetRows {
  readonly #file: RandomFile;
  readonly #footer: Footer;
  readonly #bad: BadRows;
  readonly #table: TableColumns;
  readonly #wanted: readonly Wanted[];

  /** @throws BadValue that lists the columns, if one is missing */
  constructor(file: RandomFile, footer: Footer, bad: BadRows, options: HeadingOptions) {
    this.#file = file;
    this.#footer = footer;
    this.#bad = bad;
    const headings = footer.columns.map(({ name }) => name);
    this.#table = tableColumns(headings, options);
    this.#wanted = wantedOf(footer.columns, this.#table, options);
  }

  /**
   * The rows in batches. No more is kept than a page of each column that is read.
   * @throws ParquetError; the file system's errors. The rows throw RowError in strict mode
   */
  async *batches(): AsyncGenerator<Iterable<Row>, void, undefined> {
    const { groups } = this.#footer;
    let before = 0;
    for (const [index, group] of groups.entries()) {
      const place = `row group ${index + 1} of ${groups.length}`;
      const open = this.#wanted.map((wanted) => this.#open(wanted, group));
      for (let done = 0; done < group.rows; ) {
        for (const one of open) await fill(one, group.rows - done, place);
        const rows = Math.min(
          MOST_AT_ONCE,
          ...open.map(({ cells, taken }) => cells.length - taken),
        );
        const taken = open.map(({ wanted, cells, taken: from }) => ({
          wanted,
          cells: cells.slice(from, from + rows),
        }));
        yield this.#rowsOf(taken, rows, before + done + 1, index + 1);
        done += rows;
        for (const one of open) one.taken += rows;
      }
      before += group.rows;
    }
  }

  #open(wanted: Wanted, group: RowGroup): Open {
    const { column, isDigest } = wanted;
    const isText = column.type !== undefined && group.rows > 0;
    const reader = isText
      ? new ColumnReader(this.#file, group.chunk(column), column, isDigest)
      : undefined;
    return { wanted, reader, cells: [], taken: 0 };
  }

  /** @param first which row of the file is the first of these, from 1 */
  *#rowsOf(
    columns: readonly Pick<Open, 'wanted' | 'cells'>[],
    rows: number,
    first: number,
    group: number,
  ): Generator<Row, void, undefined> {
    for (let i = 0; i < rows; i++) {
      const record: Record<string, string> = {};
      let problem: BadValue | undefined;
      for (const { wanted, cells } of columns) {
        const { name } = wanted.column;
        const cell = cells[i];
        record[name] = typeof cell === 'string' ? cell : '';
        if (cell instanceof BadValue && wanted.isAsked) problem ??= inColumn(name, cell);
      }
      yield this.#rowOf(record, problem, first + i, group);
    }
  }

  #rowOf(
    record: Record<string, string>,
    problem: BadValue | undefined,
    row: number,
    group: number,
  ) {
    try {
      if (problem !== undefined) throw problem;
      return rowOfRecord(record, this.#table);
    } catch (error) {
      const url = record[this.#table.url] ?? '';
      if (error instanceof BadValue) return this.#bad.rowInGroup(url, error, row, group);
      if (error instanceof BadCell) return this.#bad.rowInGroup(url, error.problem, row, group);
      throw error;
    }
  }
}

/** Reads on in a column whose values have all become rows. @throws ParquetError that names the place */
async function fill(open: Open, most: number, place: string): Promise<void> {
  if (open.taken < open.cells.length) return;
  open.taken = 0;
  const { column } = open.wanted;
  if (open.reader === undefined) {
    const bad = new BadValue(`is ${column.what}, not text`);
    open.cells = new Array<Cell>(Math.min(most, MOST_AT_ONCE)).fill(bad);
    return;
  }
  try {
    open.cells = await open.reader.next(most);
  } catch (cause) {
    if (!(cause instanceof ParquetError)) throw cause;
    const where = `${place}, column ${quoted(column.name)}`;
    throw new ParquetError(`cannot be read in ${where}: ${cause.message}`, { cause });
  }
}

function inColumn(name: string, { message }: BadValue): BadValue {
  return new BadValue(`the value in the column ${quoted(name)} ${message}`);
}

/** The columns to read: those with a meaning, and those that rows carry. */
function wantedOf(
  columns: readonly ParquetColumn[],
  { url, name, checksum }: TableColumns,
  { keyColumn, columns: needed, carriesAll = needed === undefined }: HeadingOptions,
): Wanted[] {
  const asked = new Set([url, name, checksum, keyColumn, ...(needed ?? [])]);
  const isCarried = ({ type }: ParquetColumn) =>
    carriesAll && type !== undefined && type.is !== 'bytes';
  return columns
    .filter((column) => asked.has(column.name) || isCarried(column))
    .map((column) => ({
      column,
      isAsked: asked.has(column.name),
      isDigest: column.name === checksum,
    }));
}
