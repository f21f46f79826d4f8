import type { Readable } from 'node:stream';
import type { Row } from '../model/item.ts';
import { asUtf8 } from './as-utf8.ts';
import { formatOf, type ListFormat, whyNotRead } from './formats/list-format.ts';
import type { ColumnOptions, HeadingOptions } from './formats/table-row.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { ListError, whyUnreadable } from './list-error.ts';
import { listFiles, partitionOf } from './list-files.ts';
import { ListParser } from './list-parser.ts';
import { openList } from './open-list.ts';
import { type Peeked, peek } from './peek.ts';
import { RowList } from './row-list.ts';

/** A list of files to download, and how to read it. */
export interface ListOptions extends ColumnOptions {
  /**
   * Path of the list, or `-` for `stdin`. A gzipped list is decompressed, whatever its name. Of a directory,
   * all lists in it are read, in the order of their names: files whose extension says a format, and `.txt`;
   * with `format`, all files. Names that begin with `.` or `_` are left out, and statistics beside shards.
   * Directories called `lang=de` are read, too: their rows have a column `lang`, unless the list has one itself.
   */
  readonly path: string;
  /**
   * The stream that `-` stands for. It is destroyed when reading ends, early or not.
   * @default undefined `-` is an error
   */
  readonly stdin?: Readable | undefined;
  /** @default the format that the list begins in, as far as that is certain; else what its extension says */
  readonly format?: ListFormat | undefined;
  /**
   * Whether a row that makes no sense ends the list with its RowError. If not, it is a row with a
   * `problem`, which fails as `bad-row`.
   * @default false
   */
  readonly strict?: boolean | undefined;
  /**
   * Called with one line for each part of the list that is read but has no effect.
   * @default undefined nothing is said
   */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Reads the rows of a list as they are asked for. Memory use does not depend on the length of the
 * list, and the first row is available before the list has been read to its end. Each iteration opens
 * the file anew. Leaving an iteration closes the file, even while it is waiting for more.
 *
 * Of a Parquet file, only the columns that are needed are read, a page of each at a time. One that comes
 * from a pipe is kept in a temporary file first.
 *
 * Iterating throws a ListError, whose message is one line, if the list is missing, a directory without
 * lists, binary, damaged or empty, or lacks a column that was asked for. In strict mode it throws the
 * RowError of the first bad row.
 *
 * @param options the path of the list, its format and columns
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
  options: ListOptions & HeadingOptions,
  leaving: AbortSignal,
): AsyncGenerator<Iterable<Row>, void, undefined> {
  const files = await listFiles(options.path, options);
  let isEmpty = true;
  const noteRow = (): void => {
    isEmpty = false;
  };
  for (const path of files) {
    if (leaving.aborted) return;
    const partition = partitionOf(options.path, path);
    const given = partition && Object.keys(partition);
    for await (const batch of fileBatches({ ...options, path, given }, leaving)) {
      yield noting(partition === undefined ? batch : inPartition(batch, partition), noteRow);
    }
  }
  if (!isEmpty || leaving.aborted) return;
  const isDirectory = files[0] !== options.path;
  const what = isDirectory ? 'has no row in any of its lists' : 'is empty: there is no row in it';
  throw new ListError(options.path === '-' ? 'stdin' : options.path, what);
}

/** How many bytes show that a list is a Parquet file, or gzipped. */
const MAGIC_BYTES = 4;

/**
 * The rows of a file, which may have none.
 * @throws ListError, and RowError in strict mode
 */
export async function* fileBatches(
  options: ListOptions & HeadingOptions,
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
    const { head, all } = await peekList(stream, list);
    if (isParquet(head, list, options)) {
      const { parquetBatches } = await import('./parquet/parquet-list.ts');
      yield* parquetBatches({ ...options, list }, all);
      return;
    }
    const parser = new ListParser(list, options);
    for await (const chunk of textChunks(all, list)) yield parser.push(chunk);
    yield parser.end();
  } finally {
    leaving.removeEventListener('abort', onLeaving);
    stream.destroy();
  }
}

/**
 * Whether a list is a Parquet file, whose footer says how many rows it has.
 * @throws ListError
 */
export async function isParquetFile(options: ListOptions): Promise<boolean> {
  const stream = await openList(options.path, options.stdin);
  try {
    const { head } = await peekList(stream, options.path);
    return isParquet(head, options.path, options);
  } finally {
    stream.destroy();
  }
}

async function peekList(stream: Readable, list: string): Promise<Peeked> {
  try {
    return await peek(buffersOf(stream), MAGIC_BYTES);
  } catch (error) {
    throw new ListError(list, whyUnreadable(error), { cause: error });
  }
}

async function* buffersOf(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of stream as AsyncIterable<Buffer | Uint8Array | string>) {
    // A stream in object mode, or with an encoding set, yields other types.
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
  }
}

/**
 * Whether a list is to be read as a Parquet file.
 * @throws ListError if its format was given as Parquet and it is something else
 */
function isParquet(head: Buffer, list: string, { path, format }: ListOptions): boolean {
  const magic = head.toString('latin1', 0, MAGIC_BYTES);
  if (magic === 'PAR1' && format === undefined) return true;
  if ((format ?? formatOf(path)) !== 'parquet') return false;
  if (magic === 'PAR1' || magic === '') return magic !== '';
  if (magic === 'PARE')
    throw new ListError(list, 'is encrypted, and cannot be read: decrypt it first');
  const what = isGzip(head)
    ? 'is gzipped, which Parquet files are not: unpack it first, by gunzip'
    : 'is no Parquet file: it does not begin with PAR1; --format says what is in it otherwise';
  throw new ListError(list, what);
}

async function* textChunks(chunks: AsyncIterable<Buffer>, list: string): AsyncGenerator<Buffer> {
  try {
    yield* asUtf8(gunzip(chunks));
  } catch (error) {
    throw new ListError(list, whyUnreadable(error), { cause: error });
  }
}

/** Rows with the columns of their list's place. Their own come first. */
function* inPartition(
  rows: Iterable<Row>,
  partition: Readonly<Record<string, string>>,
): Generator<Row, void, undefined> {
  for (const row of rows) {
    const whole = typeof row === 'string' || row instanceof URL ? { url: row } : row;
    yield { ...whole, columns: { ...partition, ...whole.columns } };
  }
}

function* noting(rows: Iterable<Row>, note: () => void): Generator<Row, void, undefined> {
  for (const row of rows) {
    note();
    yield row;
  }
}
