import { download } from '../download.ts';
import type { RunSettings } from '../download-options.ts';
import { Proxies } from '../fetch/proxy/proxies.ts';
import type { KeyChange } from '../ledger/match/row-keys.ts';
import type { Ending } from '../ledger/write/runs.ts';
import type { Row } from '../model/item.ts';
import { safeArguments } from '../model/safe-arguments.ts';
import { goOnText } from '../report/command-line.ts';
import { keyChangeText } from '../report/ledger-text.ts';
import { sinkPlace } from '../save/sinks/open-sink.ts';
import type { RowCount } from '../source/row-count.ts';
import { EXIT, EXIT_OF_SIGNAL } from './command.ts';
import { type Interruption, StopRules, watchForInterruption } from './interruption.ts';
import type { GetOptions } from './options/get-options.ts';
import { GetReporter } from './output/get-reporter.ts';
import { openWatchedRun } from './pages.ts';
import { keepMemoryLow } from './process-limits.ts';

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
