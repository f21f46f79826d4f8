import { download } from '../../download.ts';
import type { RunSettings } from '../../download-options.ts';
import { Proxies } from '../../fetch/proxy/proxies.ts';
import type { KeyChange } from '../../ledger/match/row-keys.ts';
import { type Ending, safeArguments } from '../../ledger/write/runs.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { itemOf, type Row } from '../../model/item.ts';
import { RowError } from '../../model/row-error.ts';
import { safeLine } from '../../model/safe-text.ts';
import { goOnText } from '../../report/command-line.ts';
import { keyChangeText } from '../../report/ledger-text.ts';
import { compileTemplate, TemplateError } from '../../save/names/name-template.ts';
import { sinkPlace } from '../../save/sinks/open-sink.ts';
import { StreamSink } from '../../save/sinks/stream-sink.ts';
import { checkFirst, joinRows, type RowInput } from '../../source/join-rows.ts';
import { checkList } from '../../source/open-list.ts';
import { RowCount } from '../../source/row-count.ts';
import { EXIT, EXIT_OF_SIGNAL } from '../command.ts';
import { type Interruption, StopRules, watchForInterruption } from '../interruption.ts';
import { downloadOptionsOf, type GetOptions } from '../options/get-options.ts';
import { read } from '../options/read-values.ts';
import { readUrls } from '../options/url-arguments.ts';
import { UsageError } from '../options/values.ts';
import { GetReporter } from '../output/get-reporter.ts';
import { openWatchedRun } from '../pages.ts';
import { keepMemoryLow } from '../process-limits.ts';

/**
 * Runs `flaghoist get`: downloads, reports, sets the exit code.
 * @param args the command line, for the ledger to remember
 * @throws UsageError; BrokenRunError
 */
export async function runGet(
  given: readonly string[],
  options: GetOptions,
  args: readonly string[],
): Promise<void> {
  const { expand } = options;
  if (options.output === '-') checkAlone(options);
  const { rows, settings, inputs } = await rowsOf(given, options, args);
  if (options.output === '-' && !options.dryRun) {
    const { rows: row, sink, quiet } = await toStdout(rows, options);
    const count = { rows: 1, start: () => Promise.resolve() };
    const controls = { ...options, quiet, count, isStdoutTaken: true };
    await downloadRows(row, { ...settings, sink, ledger: false }, controls);
    if (sink.isReaderGone) process.exitCode = EXIT.readerGone;
    return;
  }
  if (options.dryRun) {
    const { dryRun } = await import('./dry-run.ts');
    return await dryRun(rows, settings);
  }
  using count = new RowCount(inputs, { expand });
  await downloadRows(rows, settings, { ...options, count });
}

/** @throws UsageError for an option about where files are kept: `-o -` keeps none */
function checkAlone({ sink, dedupe }: GetOptions): void {
  const other = sink !== undefined ? '--sink' : dedupe ? '--dedupe' : undefined;
  if (other === undefined) return;
  throw new UsageError(`--output - and ${other} exclude each other`);
}

/** A run of `-o -`: the one file goes to stdout as it comes, and everything else to stderr. */
interface ToStdout {
  readonly rows: AsyncIterable<Row>;
  readonly sink: StreamSink;
  /** Whether no progress is shown: a terminal that shows the file has no room for it. */
  readonly quiet: true | undefined;
}

/** @throws UsageError when there is more than one URL, or something else is written to stdout */
async function toStdout(
  rows: AsyncIterable<Row>,
  { json, verbose, quiet }: Pick<GetOptions, 'json' | 'verbose' | 'quiet'>,
): Promise<ToStdout> {
  if (json || verbose) {
    const other = json ? '--json' : '--verbose';
    throw new UsageError(
      `-o - writes the file to stdout, and ${other} writes there, too: leave one of them out`,
    );
  }
  const only = await onlyRow(rows);
  const sink = new StreamSink(process.stdout);
  return { rows: only, sink, quiet: quiet || process.stdout.isTTY ? true : undefined };
}

async function onlyRow(rows: AsyncIterable<Row>): Promise<AsyncGenerator<Row, void, undefined>> {
  const all: Row[] = [];
  for await (const row of rows) {
    if (all.push(row) === 1) continue;
    throw new UsageError(
      '-o - writes one URL to stdout, and there are several; -o TEMPLATE gives each a file, such as -o {name}',
    );
  }
  return (async function* () {
    yield* all;
  })();
}

/** The rows of a command line, what they come from, and the library's options. @throws UsageError */
export async function rowsOf(
  given: readonly string[],
  options: GetOptions,
  args: readonly string[],
): Promise<{
  readonly rows: AsyncIterable<Row>;
  readonly settings: RunSettings;
  readonly inputs: readonly RowInput[];
}> {
  const { expand, strict } = options;
  const { urls, notes } = readUrls(given, expand === true);
  const lists = options.input ?? [];
  await Promise.all(lists.map((path) => checkList(path, options.format)));
  const all = inputsOf(urls, options);
  const settings = await settingsOf(options, args);
  const inputs = withNeededColumns(all, settings);
  const joined = joinRows(inputs, { expand, strict });
  const listed = strict ? brokenByBadRows(joined) : joined;
  const rows = await withColumnsOf(settings, listed, lists.length > 0);
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

/** Of Parquet files no more columns are read than the run needs: for the names of files, and captions. */
function withNeededColumns(
  inputs: readonly RowInput[],
  { names, captionColumn }: RunSettings,
): RowInput[] {
  const inNames = compileTemplate(names).columns;
  const columns = captionColumn === undefined ? inNames : [...inNames, captionColumn];
  return inputs.map((input) => ('url' in input ? input : { ...input, columns }));
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
export function settingsOf(options: GetOptions, args: readonly string[]): Promise<RunSettings> {
  return downloadOptionsOf(options, { environment: process.env, arguments: args, read });
}

/** A warning, since --deny-private protects from less than a user may expect. */
const PROXY_RESOLVES =
  '--deny-private sees only addresses in URLs: the proxy looks names up, and has to refuse them';

/** How a run is shown, and what stops it. */
export interface RunControls
  extends Pick<
    GetOptions,
    | 'json'
    | 'verbose'
    | 'quiet'
    | 'silent'
    | 'progress'
    | 'dashboard'
    | 'maxFailures'
    | 'runTimeout'
  > {
  /** How many rows there are. It is begun when that is shown. */
  readonly count: Pick<RowCount, 'rows' | 'start'>;
  /** Whether a file is written to stdout, so nothing else is. */
  readonly isStdoutTaken?: boolean | undefined;
}

/** Downloads the rows of `list`, shows how that goes, and sets the exit code. */
export async function downloadRows(
  list: AsyncIterable<Row>,
  settings: RunSettings,
  controls: RunControls,
): Promise<void> {
  const { maxFailures: limit, runTimeout, count } = controls;
  keepMemoryLow();
  if (settings.denyPrivate && new Proxies(settings.proxy ?? {}).resolveNames) {
    process.stderr.write(`flaghoist: ${PROXY_RESOLVES}\n`);
  }
  using interruption = watchForInterruption();
  const { directory } = settings;
  const rows = () => count.rows;
  await using watched = await openWatchedRun(controls.dashboard, { directory, rows });
  using rules = new StopRules(interruption, { limit, runTimeout });
  using reporter = await GetReporter.open({
    ...controls,
    quiet: controls.quiet ?? controls.silent,
    ...{ directory: placeOf(settings), rows },
    activity: watched?.activity,
    stopped: rules.signal,
  });
  const { activity } = reporter;
  if (activity !== undefined) void count.start();
  const onKeyChange = (change: KeyChange) => reporter.note(keyChangeText(change));
  const run = { ...settings, onKeyChange, activity, signal: rules.signal };
  for await (const outcome of download(list, run)) {
    const printed = reporter.add(outcome);
    watched?.add(outcome);
    rules.check(reporter.tally, outcome);
    if (printed !== undefined) await printed;
  }
  watched?.end(endingOf(interruption, rules));
  const args = safeArguments(process.argv.slice(2));
  const isInterrupted = interruption.signal !== undefined;
  reporter.end(isInterrupted ? goOnText(args, settings.ledger !== false) : '');
  if (rules.why !== undefined) process.stderr.write(`flaghoist: stopped: ${rules.why}\n`);
  const { tally } = reporter;
  if (interruption.signal !== undefined) process.exitCode = EXIT_OF_SIGNAL[interruption.signal];
  else if (rules.isBroken) process.exitCode = EXIT.broken;
  // A stopped run may have rows that it has not read, even if every row that it has read is done.
  else if (rules.why !== undefined || tally.failed + tally['not-found'] + tally.cancelled > 0) {
    process.exitCode = EXIT.someFailed;
  }
}

/** Where the files of a run are. */
function placeOf({ sink, directory }: RunSettings): string {
  return typeof sink === 'string' ? sinkPlace(sink).location : directory;
}

function endingOf({ signal }: Interruption, { why, isBroken }: StopRules): Ending {
  if (signal !== undefined) return 'interrupted';
  if (isBroken) return 'broken';
  return why === undefined ? 'complete' : 'stopped';
}

/**
 * Makes sure that the first row has the columns which the name template and the key of rows are taken
 * from. What is mistyped is an error of the command line then, and not one of each row.
 *
 * @param isList whether the rows come from lists: other rows have no columns
 * @returns the same rows
 * @throws UsageError
 */
async function withColumnsOf<Rows extends AsyncIterable<Row>>(
  { names, key, captionColumn }: Pick<RunSettings, 'names' | 'key' | 'captionColumn'>,
  rows: Rows,
  isList: boolean,
): Promise<Rows | AsyncGenerator<Row, void, undefined>> {
  const isNamed = names !== undefined && compileTemplate(names).columns.length > 0;
  const isKeyed = key?.startsWith('column ') === true;
  if (!isNamed && !isKeyed && captionColumn === undefined) return rows;
  const check = (columns: readonly string[]) => {
    if (isNamed) checkNames(names, columns);
    if (captionColumn !== undefined && !columns.includes(captionColumn)) {
      throw new UsageError(`--caption-column COLUMN: ${noSuchColumn(captionColumn, columns)}`);
    }
    if (isKeyed && columns.length === 0) {
      throw new UsageError(
        '--key-column C: there are no columns; see --key path and --key url-without-query',
      );
    }
  };
  if (!isList) check([]);
  return await checkFirst(rows, (first) => {
    const { columns = {}, problem } = itemOf(first, 0);
    // A row that cannot be read says nothing of the columns.
    if (problem === undefined) check(Object.keys(columns));
  });
}

function noSuchColumn(column: string, columns: readonly string[]): string {
  if (columns.length === 0) return `there is no column ${column}, since the rows have none`;
  return `there is no column ${column}; there are ${columns.map(safeLine).join(', ')}`;
}

function checkNames(names: string, columns: readonly string[]): void {
  try {
    compileTemplate(names, columns);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UsageError(`--output TEMPLATE: ${error.message}`, { cause: error });
  }
}
