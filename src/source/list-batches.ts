import type { Readable } from 'node:stream';
import type { Row } from '../model/item.ts';
import { asUtf8 } from './as-utf8.ts';
import { BadRows } from './bad-rows.ts';
import { Aria2Reader } from './formats/aria2-reader.ts';
import { CsvReader } from './formats/csv-reader.ts';
import { JsonlReader } from './formats/jsonl-reader.ts';
import { LineSplitter } from './formats/line-splitter.ts';
import { LinesReader } from './formats/lines-reader.ts';
import { formatOf } from './formats/list-format.ts';
import type { RowReader } from './formats/row-reader.ts';
import { ListError } from './list-error.ts';
import type { ListOptions } from './list-options.ts';
import { openList } from './open-list.ts';
import { TextCheck } from './text-check.ts';
import { unzipped } from './unzipped.ts';
import { visible } from './visible.ts';
import { whyUnreadable } from './why-unreadable.ts';

/**
 * The rows of a list, a batch for each chunk of it.
 * @param leaving closes the list when it aborts, also while its next chunk is waited for
 */
export async function* listBatches(
  options: ListOptions,
  leaving: AbortSignal,
): AsyncGenerator<Iterable<Row>, void, undefined> {
  const list = options.path === '-' ? 'stdin' : options.path;
  const stream = await open(options);
  const onLeaving = (): void => void stream.destroy();
  leaving.addEventListener('abort', onLeaving, { once: true });
  try {
    if (leaving.aborted) return;
    let isEmpty = true;
    for await (const batch of batchesOf(stream, list, options)) {
      yield noting(batch, () => {
        isEmpty = false;
      });
    }
    if (isEmpty) throw new ListError(list, 'is empty: there is no row in it');
  } finally {
    leaving.removeEventListener('abort', onLeaving);
    stream.destroy();
  }
}

async function* batchesOf(
  stream: Readable,
  list: string,
  options: ListOptions,
): AsyncGenerator<Iterable<Row>, void, undefined> {
  const splitter = new LineSplitter();
  const check = new TextCheck(list);
  const reader = readerOf(list, options);
  for await (const chunk of readableChunks(stream, list)) {
    check.see(chunk);
    yield reader.rowsOf(splitter.push(chunk));
  }
  yield reader.rowsOf(splitter.end());
  yield reader.end();
}

async function* readableChunks(stream: Readable, list: string): AsyncGenerator<Buffer> {
  try {
    yield* asUtf8(unzipped(stream));
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

async function open({ path, stdin }: ListOptions): Promise<Readable> {
  if (path !== '-') return openList(path);
  if (stdin === undefined) throw new ListError('stdin', 'there is none to read a list from');
  if (stdin.errored) throw new ListError('stdin', whyUnreadable(stdin.errored));
  if (stdin.destroyed || stdin.readableEnded) throw new ListError('stdin', 'has been read already');
  return stdin;
}

function readerOf(list: string, options: ListOptions): RowReader {
  const bad = new BadRows(list, options.strict ?? false);
  const warn = (line: number, column: number, what: string) =>
    options.onWarning?.(`${visible(list)}:${line}:${column}: ${what}`);
  switch (options.format ?? formatOf(options.path)) {
    case 'lines':
      return new LinesReader(bad);
    case 'aria2':
      return new Aria2Reader(bad, warn);
    case 'csv':
      return new CsvReader(bad, list, ',', options);
    case 'tsv':
      return new CsvReader(bad, list, '\t', options);
    case 'jsonl':
      return new JsonlReader(bad, options);
  }
}
