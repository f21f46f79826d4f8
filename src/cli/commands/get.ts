import type { Row } from '../../model/item.ts';
import { StreamSink } from '../../save/sinks/stream-sink.ts';
import { RowCount } from '../../source/row-count.ts';
import { EXIT } from '../command.ts';
import type { GetOptions } from '../options/get-options.ts';
import { UsageError } from '../options/values.ts';
import { downloadRows } from '../run-download.ts';
import { runInputOf } from '../run-input.ts';

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
  const { rows, settings, inputs } = await runInputOf(given, options, args);
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
    return await dryRun(rows, settings, options);
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
