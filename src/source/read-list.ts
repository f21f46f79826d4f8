import type { Readable } from 'node:stream';
import type { Row } from '../model/item.ts';
import { printable } from '../model/safe-text.ts';
import { asUtf8 } from './as-utf8.ts';
import { BadRows } from './bad-rows.ts';
import { quoted } from './bad-value.ts';
import { Aria2Reader } from './formats/aria2-reader.ts';
import { CsvReader } from './formats/csv-reader.ts';
import { findFormat, type ListShape, NotAListError } from './formats/find-format.ts';
import { JsonlReader } from './formats/jsonl-reader.ts';
import { LinesReader } from './formats/lines-reader.ts';
import { formatOf, type ListFormat, type RowReader, whyNotRead } from './formats/list-format.ts';
import type { ColumnOptions } from './formats/table-row.ts';
import { gunzip } from './gunzip.ts';
import { JsonElements } from './json-elements.ts';
import { type LineSource, LineSplitter } from './line-splitter.ts';
import { ListError, whyUnreadable } from './list-error.ts';
import { openList } from './open-list.ts';
import { RowList } from './row-list.ts';

/** A list of files to download, and how to read it. */
export interface ListOptions extends ColumnOptions {
  /** Path of the list, or `-` for `stdin`. A gzipped list is decompressed, whatever its name. */
  readonly path: string;
  /** The stream that `-` stands for. It is destroyed when reading ends, early or not. */
  readonly stdin?: Readable | undefined;
  /** @default the format that the extension of `path` names, else the one that the list begins in */
  readonly format?: ListFormat | undefined;
  /**
   * Whether a row that makes no sense ends the list with its RowError. If not, it is a row with a
   * `problem`, which fails as `bad-row`.
   * @default false
   */
  readonly strict?: boolean | undefined;
  /** Called with one line for each part of the list that is read but has no effect. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Reads the rows of a list as they are asked for. Memory use does not depend on the length of the
 * list, and the first row is available before the list has been read to its end. Each iteration opens
 * the file anew. Leaving an iteration closes the file, even while it is waiting for more.
 *
 * Iterating throws a ListError, whose message is one line, if the list is missing, a directory,
 * binary, damaged or empty, or lacks a column that was asked for. In strict mode it throws the
 * RowError of the first bad row.
 *
 * @returns the rows, for {@link download} or for a `for await` loop
 * @example
 * ```ts
 * const rows = readList({ path: 'photos.csv', nameColumn: 'title' });
 * for await (const outcome of download(rows, { directory: 'photos' })) console.log(outcome.status);
 * ```
 */
export function readList(options: ListOptions): RowList {
  return new RowList((leaving) => listBatches(options, leaving));
}

/**
 * The rows of a list, in one batch for each chunk of it: bytes become text, lines, then rows.
 * @param leaving closes the list when it aborts, even while its next chunk is awaited
 */
export async function* listBatches(
  options: ListOptions,
  leaving: AbortSignal,
): AsyncGenerator<Iterable<Row>, void, undefined> {
  const list = options.path === '-' ? 'stdin' : options.path;
  const stream = await openList(options.path, options.stdin);
  const onLeaving = (): void => void stream.destroy();
  leaving.addEventListener('abort', onLeaving, { once: true });
  try {
    if (leaving.aborted) return;
    const problem = options.format === undefined ? whyNotRead(options.path) : undefined;
    if (problem !== undefined) throw new ListError(list, problem);
    const parser = new ListParser(list, options);
    let isEmpty = true;
    const noteRow = (): void => {
      isEmpty = false;
    };
    for await (const chunk of textChunks(stream, list)) {
      yield noting(parser.push(chunk), noteRow);
    }
    yield noting(parser.end(), noteRow);
    if (isEmpty) throw new ListError(list, 'is empty: there is no row in it');
  } finally {
    leaving.removeEventListener('abort', onLeaving);
    stream.destroy();
  }
}

async function* textChunks(stream: Readable, list: string): AsyncGenerator<Buffer> {
  try {
    yield* asUtf8(gunzip(stream));
  } catch (error) {
    throw new ListError(list, whyUnreadable(error), { cause: error });
  }
}

function* noting(rows: Iterable<Row>, note: () => void): Generator<Row, void, undefined> {
  for (const row of rows) {
    note();
    yield row;
  }
}

/** The longest beginning of a list that is looked at for its format, in bytes. */
const LONGEST_HEAD = 64 * 1024;

/** Text to rows, once the beginning of the list has shown its format. */
class ListParser {
  readonly #list: string;
  readonly #options: ListOptions;
  /** The bytes that came before the format was known. */
  #head = Buffer.alloc(0);
  #parts: { readonly source: LineSource; readonly reader: RowReader } | undefined;

  constructor(list: string, options: ListOptions) {
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

function readerOf(list: string, { format, delimiter }: ListShape, options: ListOptions): RowReader {
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
    case 'csv':
      return new CsvReader(bad, list, delimiter, options);
    case 'json':
    case 'jsonl':
      return new JsonlReader(bad, options);
  }
}

/** A list among others may well have no columns; a list that should have some has lost its headings. */
function warnOfColumns(
  { urlColumn, nameColumn, checksumColumn }: ListOptions,
  warn: (line: number, column: number, what: string) => void,
): void {
  for (const asked of [urlColumn, nameColumn, checksumColumn]) {
    if (asked) warn(1, 1, `the list has no columns, so ${quoted(asked)} is not used`);
  }
}
