import type { Row } from '../model/item.ts';
import { printable } from '../model/safe-text.ts';
import { BadRows } from './bad-rows.ts';
import { quoted } from './bad-value.ts';
import { Aria2Reader } from './formats/aria2-reader.ts';
import { CsvReader } from './formats/csv-reader.ts';
import { findFormat, type ListShape, NotAListError } from './formats/find-format.ts';
import { JsonlReader } from './formats/jsonl-reader.ts';
import { LinesReader } from './formats/lines-reader.ts';
import { formatOf, type ListFormat, type RowReader } from './formats/list-format.ts';
import type { HeadingOptions } from './formats/table-row.ts';
import { TransferReader } from './formats/transfer-reader.ts';
import { JsonElements } from './json-elements.ts';
import { type LineSource, LineSplitter } from './line-splitter.ts';
import { ListError } from './list-error.ts';

/** How the text of a list is read. */
export interface TextOptions extends HeadingOptions {
  readonly path: string;
  readonly format?: ListFormat | undefined;
  readonly strict?: boolean | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** The longest beginning of a list that is looked at for its format, in bytes. */
const LONGEST_HEAD = 64 * 1024;

/** Text to rows, once the beginning of the list has shown its format. */
export class ListParser {
  readonly #list: string;
  readonly #options: TextOptions;
  /** The bytes that came before the format was known. */
  #head = Buffer.alloc(0);
  #parts: { readonly source: LineSource; readonly reader: RowReader } | undefined;

  constructor(list: string, options: TextOptions) {
    this.#list = list;
    this.#options = options;
  }

  /** The rows that `chunk` completes. @throws ListError */
  push(chunk: Buffer): Iterable<Row> {
    if (this.#parts !== undefined) return this.#rowsOf(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    return this.#begin(this.#head.length >= LONGEST_HEAD) ? this.#rowsOf(this.#head) : [];
  }

  /** The rows that the end of the list completes. @throws ListError */
  *end(): Generator<Row, void, undefined> {
    if (this.#parts === undefined) {
      this.#begin(true);
      yield* this.#rowsOf(this.#head);
    }
    const { source, reader } = this.#opened;
    yield* reader.rowsOf(source.end());
    yield* reader.end();
  }

  #rowsOf(chunk: Buffer): Iterable<Row> {
    const { source, reader } = this.#opened;
    return reader.rowsOf(source.push(chunk));
  }

  get #opened() {
    if (this.#parts === undefined) throw new Error('the format is not known yet');
    return this.#parts;
  }

  /** @returns whether the format is known */
  #begin(isEnough: boolean): boolean {
    const { path, format = formatOf(path), urlColumn } = this.#options;
    const head = this.#head.toString('latin1').replace(/^\xef\xbb\xbf/, '');
    try {
      const shape = findFormat(head, isEnough, format, urlColumn);
      if (shape === undefined) return false;
      const isArray = shape.format === 'json';
      const source = isArray ? new JsonElements(this.#list) : new LineSplitter();
      this.#parts = { source, reader: readerOf(this.#list, shape, this.#options) };
      return true;
    } catch (error) {
      if (!(error instanceof NotAListError)) throw error;
      throw new ListError(this.#list, error.message, { cause: error });
    }
  }
}

function readerOf(list: string, { format, delimiter }: ListShape, options: TextOptions): RowReader {
  const bad = new BadRows(list, options.strict ?? false);
  const warn = (line: number, column: number, what: string) =>
    options.onWarning?.(`${printable(list)}:${line}:${column}: ${what}`);
  switch (format) {
    case 'lines':
      warnOfColumns(options, warn);
      return new LinesReader(bad);
    case 'aria2':
      warnOfColumns(options, warn);
      return new Aria2Reader(bad, warn);
    case 'transfer':
      warnOfColumns(options, warn);
      return new TransferReader(bad);
    case 'csv':
      return new CsvReader(bad, list, delimiter, options);
    case 'json':
    case 'jsonl':
      return new JsonlReader(bad, options, (what) => {
        options.onWarning?.(`${printable(list)}: ${what}`);
      });
  }
}

/** A list among others may have no columns. A list in which columns are expected has lost its headings. */
function warnOfColumns(
  { urlColumn, nameColumn, checksumColumn }: TextOptions,
  warn: (line: number, column: number, what: string) => void,
): void {
  for (const asked of [urlColumn, nameColumn, checksumColumn]) {
    if (asked) warn(1, 1, `the list has no columns, so ${quoted(asked)} is not used`);
  }
}
