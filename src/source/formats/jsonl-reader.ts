import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue } from '../bad-value.ts';
import { visible } from '../visible.ts';
import type { Line } from './line-splitter.ts';
import { BadCell, rowOfRecord } from './record-row.ts';
import type { RowReader } from './row-reader.ts';
import { type ColumnOptions, type TableColumns, tableColumns } from './table-columns.ts';

/** A row without a readable URL is known by the beginning of its line, so many characters of it. */
const SHOWN = 200;

/** A JSON value on each line: an object, whose properties are the columns, or a string, the URL. */
export class JsonlReader implements RowReader {
  readonly #bad: BadRows;
  readonly #options: ColumnOptions;

  constructor(bad: BadRows, options: ColumnOptions) {
    this.#bad = bad;
    this.#options = options;
  }

  *rowsOf(lines: readonly Line[]): Generator<Row, void, undefined> {
    for (const line of lines) {
      if (line.problem !== undefined || line.text.trim() !== '') yield this.#rowOf(line);
    }
  }

  /** Each row is complete with its line. */
  end(): Iterable<Row> {
    return [];
  }

  #rowOf({ number, text, problem }: Line): Row {
    try {
      if (problem !== undefined) throw problem;
      const record = this.#recordOf(parseJson(text));
      return rowOfRecord(record, this.#columnsOf(record));
    } catch (error) {
      if (error instanceof BadValue) return this.#bad.rowOf(text.slice(0, SHOWN), error, number);
      if (!(error instanceof BadCell)) throw error;
      // Of a value that is written in another way than usual (`\u0041`), the place is not known.
      const found = text.indexOf(JSON.stringify(error.url));
      return this.#bad.rowOf(error.url, error.problem, number, found + 1 || 1);
    }
  }

  /** The object's properties as text: what is no string as JSON, null as nothing. */
  #recordOf(value: unknown): Record<string, string> {
    if (typeof value === 'string') return { [this.#options.urlColumn ?? 'url']: value };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BadValue('neither an object nor a string');
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, textOf(part)]));
  }

  /**
   * Objects need not have the same properties: a name and a checksum that are not there are
   * none.
   */
  #columnsOf(record: Readonly<Record<string, string>>): TableColumns {
    const { urlColumn, nameColumn, checksumColumn } = this.#options;
    const { url } = tableColumns(Object.keys(record), { urlColumn });
    return { url, name: nameColumn, checksum: checksumColumn };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // V8 does not always say where: then it is the whole value that is none.
    const [, position = '0'] = /at position (\d+)/.exec(message) ?? [];
    const words = message.replace(/ (in JSON )?at position .*/s, '');
    throw new BadValue(`not JSON: ${visible(words)}`, Number(position));
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
