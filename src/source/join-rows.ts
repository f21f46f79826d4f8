import type { Row } from '../model/item.ts';
import { BadRows } from './bad-rows.ts';
import { BadValue } from './bad-value.ts';
import { expandPattern } from './expand-pattern.ts';
import type { HeadingOptions } from './formats/table-row.ts';
import { type ListOptions, listBatches } from './read-list.ts';
import { RowList } from './row-list.ts';

/** An input named on the command line: a URL, or a list. */
export type RowInput = { readonly url: string } | (ListOptions & HeadingOptions);

/** How the URLs among the inputs are read. A list has options of its own. */
export interface UrlOptions {
  /** Whether a URL is a pattern: `{a,b}`, `[1-100]`. */
  readonly expand?: boolean | undefined;
  /** Whether a URL that cannot be downloaded is thrown as a RowError. */
  readonly strict?: boolean | undefined;
}

/** The list's name in errors of URLs from the command line. Their line is the URL's ordinal. */
const COMMAND_LINE = 'command line';

/**
 * The rows of all inputs, in the order given. Each input is opened when its turn comes. Iterating
 * throws what {@link readList} throws.
 */
export function joinRows(inputs: readonly RowInput[], options: UrlOptions = {}): RowList {
  return new RowList((leaving) => batches(inputs, options, leaving));
}

async function* batches(
  inputs: readonly RowInput[],
  { expand = false, strict = false }: UrlOptions,
  leaving: AbortSignal,
): AsyncGenerator<Iterable<Row>, void, undefined> {
  const bad = new BadRows(COMMAND_LINE, strict);
  let ordinal = 0;
  for (const input of inputs) {
    if ('url' in input) yield rowsOfUrl(input.url, ++ordinal, expand, bad);
    else yield* listBatches(input, leaving);
  }
}

function* rowsOfUrl(
  text: string,
  ordinal: number,
  expand: boolean,
  bad: BadRows,
): Generator<Row, void, undefined> {
  let urls: Iterable<string>;
  try {
    urls = expand ? expandPattern(text) : [text];
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    yield bad.rowOf(text, error, ordinal);
    return;
  }
  for (const url of urls) yield bad.urlRow(url, ordinal, 1);
}

/**
 * Calls `check` with the first row, before any is yielded.
 * @returns the same rows
 * @throws what `check` throws, once the rows are closed
 */
export async function checkFirst(
  rows: AsyncIterable<Row>,
  check: (first: Row) => void,
): Promise<AsyncGenerator<Row, void, undefined>> {
  const iterator = rows[Symbol.asyncIterator]();
  const { value: first } = await iterator.next();
  try {
    if (first !== undefined) check(first);
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
  return startingWith(first, iterator);
}

async function* startingWith(
  first: Row | undefined,
  rest: AsyncIterator<Row>,
): AsyncGenerator<Row, void, undefined> {
  let isDone = false;
  try {
    if (first !== undefined) yield first;
    for (;;) {
      const { done = false, value } = await rest.next();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await rest.return?.();
  }
}
