import type { Row } from '../model/item.ts';
import { BadRows } from './bad-rows.ts';
import { BadValue } from './bad-value.ts';
import { expandPattern } from './expand-pattern.ts';
import { urlRow } from './formats/url-row.ts';
import { listBatches } from './list-batches.ts';
import type { ListOptions } from './list-options.ts';
import { RowList } from './row-list.ts';

/** What a command line names: a URL, or a list. */
export type RowInput = { readonly url: string } | ListOptions;

/** How the URLs among the inputs are read; lists have these options of their own. */
export interface UrlOptions {
  /** A URL is a pattern: `{a,b}`, `[1-100]`. */
  readonly expand?: boolean | undefined;
  /** A URL that cannot be downloaded is thrown as a RowError. */
  readonly strict?: boolean | undefined;
}

/**
 * What the errors of URLs that stand in no list begin with; their line is which of the URLs it
 * is.
 */
const COMMAND_LINE = 'command line';

/**
 * The rows of all inputs, in the order given, each input opened only when its turn comes.
 * Iterating throws what {@link readList} throws.
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
  for (const url of urls) yield urlRow(url, bad, ordinal, 1);
}
