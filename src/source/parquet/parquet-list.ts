import { stat } from 'node:fs/promises';
import type { Row } from '../../model/item.ts';
import { BadRows } from '../bad-rows.ts';
import { BadValue } from '../bad-value.ts';
import type { HeadingOptions } from '../formats/table-row.ts';
import { headingsError, ListError, whyUnreadable } from '../list-error.ts';
import { beginsAsParquet, footerLength, readFooter } from './footer.ts';
import { ParquetError } from './parquet-error.ts';
import { ParquetRows } from './parquet-rows.ts';
import { RandomFile } from './random-file.ts';
import { spool } from './spool.ts';

/** A list in a Parquet file. */
export interface ParquetList extends HeadingOptions {
  /** Its name in messages: its path, or `stdin`. */
  readonly list: string;
  /** `-`, and the path of a named pipe, stand for `chunks`. */
  readonly path: string;
  /** Whether the first bad row is thrown. */
  readonly strict?: boolean | undefined;
}

/**
 * The rows of a Parquet file in batches. It is closed at the end, early or not.
 * @param chunks its bytes, for a pipe: it is kept in a temporary file first
 * @throws ListError if it cannot be read, or has no such columns; RowError in strict mode
 */
export async function* parquetBatches(
  options: ParquetList,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Iterable<Row>, void, undefined> {
  const { list, path, strict = false } = options;
  try {
    await using file = (await isFile(path)) ? await RandomFile.open(path) : await spool(chunks);
    const footer = await readFooter(file);
    yield* new ParquetRows(file, footer, new BadRows(list, strict), options).batches();
  } catch (error) {
    throw asListError(list, error);
  }
}

/**
 * How many rows a Parquet file has, by its footer.
 * @throws ListError if it cannot be read
 */
export async function parquetRowCount(path: string): Promise<number> {
  try {
    await using file = await RandomFile.open(path);
    return (await readFooter(file)).rows;
  } catch (error) {
    throw asListError(path, error);
  }
}

/**
 * Finds out by the end of a Parquet file whether it is whole.
 * @throws ListError for one that is cut off or encrypted; what does not begin as a Parquet file is passed over
 */
export async function checkParquetEnd(path: string): Promise<void> {
  try {
    await using file = await RandomFile.open(path);
    if (await beginsAsParquet(file)) await footerLength(file);
  } catch (error) {
    throw asListError(path, error);
  }
}

async function isFile(path: string): Promise<boolean> {
  return path !== '-' && (await stat(path)).isFile();
}

function asListError(list: string, cause: unknown): unknown {
  if (cause instanceof BadValue) return headingsError(list, cause);
  if (cause instanceof ParquetError) return new ListError(list, cause.message, { cause });
  const isOfSystem = cause instanceof Error && 'syscall' in cause;
  return isOfSystem ? new ListError(list, whyUnreadable(cause), { cause }) : cause;
}
