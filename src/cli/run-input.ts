import type { RunSettings } from '../download-options.ts';
import { BrokenRunError } from '../model/broken-run-error.ts';
import type { Row } from '../model/item.ts';
import { RowError } from '../model/row-error.ts';
import { safeLine } from '../model/safe-text.ts';
import { joinRows, type RowInput } from '../source/join-rows.ts';
import { checkList } from '../source/open-list.ts';
import { withColumnsOf, withNeededColumns } from './asked-columns.ts';
import { checkListsApart } from './lists-in-sink.ts';
import { downloadOptionsOf, type GetOptions } from './options/get-options.ts';
import { read } from './options/read-values.ts';
import { readUrls } from './options/url-arguments.ts';
import { UsageError } from './options/values.ts';

/** What a command line gives a run. */
interface RunInput {
  readonly rows: AsyncIterable<Row>;
  /** What the rows come from. */
  readonly inputs: readonly RowInput[];
  readonly settings: RunSettings;
}

/**
 * The rows and the library's options of a command line.
 * @param given the arguments that are no options
 * @param args the command line, for the ledger to remember
 * @throws UsageError
 */
export async function runInputOf(
  given: readonly string[],
  options: GetOptions,
  args: readonly string[],
): Promise<RunInput> {
  const { expand, strict, output = '' } = options;
  // Without a field all files would have this one name.
  if (expand === true && /^[^{]*#\d[^{]*$/.test(output)) {
    throw new UsageError(
      "--output TEMPLATE: curl's #1 is not known here; names are made from {name}, {stem}, {index:03} and the like",
    );
  }
  const { urls, notes } = readUrls(given, expand === true);
  const lists = options.input ?? [];
  await Promise.all(lists.map((path) => checkList(path, options.format)));
  const all = inputsOf(urls, options);
  const settings = await runSettingsOf(options, args);
  await checkListsApart(options, settings);
  const inputs = withNeededColumns(all, settings);
  const joined = joinRows(inputs, { expand, strict });
  const listed = strict ? brokenByBadRows(joined) : joined;
  const rows = await withColumnsOf(settings, listed, options);
  if (!options.quiet) for (const note of notes) process.stderr.write(`flaghoist: ${note}\n`);
  return { rows, settings, inputs };
}

/** @throws UsageError when there is nothing to read rows from */
function inputsOf(urls: readonly string[], options: GetOptions): RowInput[] {
  const {
    input: lists = [],
    strict,
    format,
    urlColumn,
    nameColumn,
    checksumColumn,
    keyColumn,
  } = options;
  if (urls.length === 0 && lists.length === 0) {
    throw new UsageError('name URLs, or a list of them with --input FILE');
  }
  if (lists.filter((path) => path === '-').length > 1) {
    throw new UsageError('--input - can be given once only');
  }
  const columns = { urlColumn, nameColumn, checksumColumn, keyColumn };
  const onWarning = (line: string) => process.stderr.write(`flaghoist: ${line}\n`);
  return [
    ...urls.map((url) => ({ url })),
    ...lists.map((path) => ({ path, stdin: process.stdin, format, strict, onWarning, ...columns })),
  ];
}

/** With --strict the first bad row ends the run. @throws BrokenRunError */
async function* brokenByBadRows(rows: AsyncIterable<Row>): AsyncGenerator<Row, void, undefined> {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    throw new BrokenRunError(`${safeLine(error.message)} (--strict)`, { cause: error });
  }
}

/** The library's options for this process. @throws UsageError */
export function runSettingsOf(options: GetOptions, args: readonly string[]): Promise<RunSettings> {
  return downloadOptionsOf(options, { environment: process.env, arguments: args, read });
}
