import type { Row } from '../../model/item.ts';
import { printable } from '../../model/safe-text.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue, quoted } from '../bad-value.ts';
import type { Line } from '../line-splitter.ts';
import type { RowReader } from './list-format.ts';
import {
  BadCell,
  type ColumnOptions,
  rowOfRecord,
  type TableColumns,
  tableColumns,
} from './table-row.ts';

/** How many characters of its line stand for the URL of a row that has no readable one. */
const SHOWN = 200;

/**
 * Reads a JSON value from each line, or each element of an array: an object, whose properties are
 * columns, or a string, the URL.
 */
export class JsonlReader implements RowReader {
  readonly #bad: BadRows;
  readonly #options: ColumnOptions;
  readonly #warn: (what: string) => void;
  /** The columns of names and checksums that were asked for, and that no row has had yet. */
  readonly #missing: Set<string>;

  /** @param warn is called at the end for each of these columns */
  constructor(bad: BadRows, options: ColumnOptions, warn: (what: string) => void) {
    this.#bad = bad;
    this.#options = options;
    this.#warn = warn;
    const { nameColumn, checksumColumn } = options;
    this.#missing = new Set([nameColumn ?? '', checksumColumn ?? '']);
    this.#missing.delete('');
  }

  *rowsOf(lines: readonly Line[]): Generator<Row, void, undefined> {
    for (const line of lines) {
      if (line.problem !== undefined || line.text.trim() !== '') yield this.#rowOf(line);
    }
  }

  /** Each row is complete with its line. */
  end(): Iterable<Row> {
    for (const column of this.#missing) {
      this.#warn(`no row has the column ${quoted(column)}, so it was not used`);
    }
    return [];
  }

  #rowOf({ number, text, problem, column = 1 }: Line): Row {
    try {
      if (problem !== undefined) throw problem;
      const record = this.#recordOf(parseJson(text));
      return rowOfRecord(record, this.#columnsOf(record));
    } catch (error) {
      if (error instanceof BadValue)
        return this.#bad.rowOf(text.slice(0, SHOWN), error, number, column);
      if (!(error instanceof BadCell)) throw error;
      // The place is unknown if the value is not written as JSON.stringify writes it (`\u0041`).
      const found = text.indexOf(JSON.stringify(error.url));
      return this.#bad.rowOf(error.url, error.problem, number, column + Math.max(found, 0));
    }
  }

  /** The object's properties as text: null is empty, other values that are no strings are JSON. */
  #recordOf(value: unknown): Record<string, string> {
    if (typeof value === 'string') return { [this.#options.urlColumn ?? 'url']: value };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BadValue('neither an object nor a string');
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, textOf(part)]));
  }

  /** Objects may differ in their properties, so the columns of names and checksums may be missing. */
  #columnsOf(record: Readonly<Record<string, string>>): TableColumns {
    const { urlColumn, nameColumn, checksumColumn } = this.#options;
    for (const asked of this.#missing)
      if (Object.hasOwn(record, asked)) this.#missing.delete(asked);
    const found = tableColumns(Object.keys(record), { urlColumn });
    // JSON is written by programs. In a table that people keep, `name` is more often that of a person or a
    // thing.
    const name = found.name ?? (Object.hasOwn(record, 'name') ? 'name' : undefined);
    return {
      url: found.url,
      name: (nameColumn ?? name) || undefined,
      checksum: (checksumColumn ?? found.checksum) || undefined,
    };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // V8 does not always name the position. Then the problem is the whole value.
    const [, position = '0'] = /at position (\d+)/.exec(message) ?? [];
    const words = message.replace(/ (in JSON )?at position .*/s, '');
    throw new BadValue(`not JSON: ${printable(words)}`, Number(position));
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
