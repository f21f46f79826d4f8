import { download } from '../../download.ts';
import type { DownloadOptions } from '../../download-options.ts';
import { Proxies } from '../../fetch/proxy/proxies.ts';
import type { Ending } from '../../ledger/write/runs.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { Row } from '../../model/item.ts';
import { MOST_RUN_REQUESTS } from '../../model/options.ts';
import { RowError } from '../../model/row-error.ts';
import { safeLine } from '../../model/safe-text.ts';
import { compileTemplate, TREE_TEMPLATE } from '../../save/names/name-template.ts';
import { TemplateError } from '../../save/names/template-error.ts';
import { joinRows } from '../../source/join-rows.ts';
import { EXIT, EXIT_OF_SIGNAL } from '../exit-code.ts';
import { type Interruption, watchForInterruption } from '../interruption.ts';
import { keepMemoryLow } from '../memory.ts';
import { requestsThatFit } from '../open-files.ts';
import { httpOptionsOf } from '../options/get-http.ts';
import { countRows, inputsOf } from '../options/get-inputs.ts';
import type { GetOptions } from '../options/get-options.ts';
import { parseFailureLimit, StopRules } from '../options/stop-rules.ts';
import { UsageError } from '../options/usage-error.ts';
import { GetReporter } from '../output/get-reporter.ts';
import { openWatchedRun } from '../watched-run.ts';

/**
 * Runs `flaghoist get`: downloads, reports, sets the exit code.
 * @throws UsageError; BrokenRunError
 */
export async function runGet(urls: readonly string[], options: GetOptions): Promise<void> {
  const { expand, strict } = options;
  const joined = joinRows(inputsOf(urls, options), { expand, strict });
  const rows = strict ? brokenByBadRows(joined) : joined;
  const settings = await downloadOptionsOf(options);
  if (options.dryRun) {
    if (options.dashboard !== undefined) {
      throw new UsageError('--dry-run and --dashboard exclude each other');
    }
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(rows, settings);
  }
  await downloadRows(rows, settings, { ...options, rows: countRows(urls, options) });
}

/** Said, since what somebody relies on must not be less than it seems. */
const PROXY_RESOLVES =
  '--deny-private sees only what stands in URLs: names are looked up by the proxy, and are its to refuse';

/** What a run is shown and stopped by. */
export interface RunControls
  extends Pick<
    GetOptions,
    'json' | 'verbose' | 'quiet' | 'dashboard' | 'maxFailures' | 'runTimeout'
  > {
  /** How many rows there are, when that is known. */
  readonly rows: number | undefined;
}

/** Downloads `rows` under the eyes of whoever started it, and sets the exit code. */
export async function downloadRows(
  rows: AsyncIterable<Row>,
  settings: DownloadOptions,
  controls: RunControls,
): Promise<void> {
  const { maxFailures, runTimeout } = controls;
  keepMemoryLow();
  if (settings.denyPrivate && new Proxies(settings.proxy ?? {}).resolveNames) {
    process.stderr.write(`flaghoist: ${PROXY_RESOLVES}\n`);
  }
  const limit = maxFailures === undefined ? undefined : parseFailureLimit(maxFailures);
  using interruption = watchForInterruption();
  const { directory } = settings;
  await using watched = await openWatchedRun(controls.dashboard, {
    directory,
    rows: controls.rows,
  });
  using rules = new StopRules(interruption, { limit, runTimeout });
  using reporter = await GetReporter.open({
    ...controls,
    activity: watched?.activity,
    stopped: rules.signal,
  });
  const { activity } = reporter;
  for await (const outcome of download(rows, { ...settings, activity, signal: rules.signal })) {
    const printed = reporter.add(outcome);
    watched?.add(outcome);
    rules.check(reporter.tally, outcome);
    if (printed !== undefined) await printed;
  }
  watched?.end(endingOf(interruption, rules));
  reporter.end();
  if (rules.why !== undefined) process.stderr.write(`flaghoist: stopped: ${rules.why}\n`);
  const { tally } = reporter;
  if (interruption.signal !== undefined) process.exitCode = EXIT_OF_SIGNAL[interruption.signal];
  else if (rules.isBroken) process.exitCode = EXIT.broken;
  // Stopped, with no row of those read left over: others may not have been read.
  else if (rules.why !== undefined || tally.failed + tally['not-found'] + tally.cancelled > 0) {
    process.exitCode = EXIT.someFailed;
  }
}

function endingOf({ signal }: Interruption, { why, isBroken }: StopRules): Ending {
  if (signal !== undefined) return 'interrupted';
  if (isBroken) return 'broken';
  return why === undefined ? 'complete' : 'stopped';
}

/** With --strict a bad row is not one row's failure, but the end. @throws BrokenRunError */
async function* brokenByBadRows(rows: AsyncIterable<Row>): AsyncGenerator<Row, void, undefined> {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    throw new BrokenRunError(`${safeLine(error.message)} (--strict)`, { cause: error });
  }
}

/** What the options of `flaghoist get` mean for the library. @throws UsageError */
export async function downloadOptionsOf(options: GetOptions): Promise<DownloadOptions> {
  if (options.tree && options.output !== undefined) {
    throw new UsageError('--tree and --output exclude each other');
  }
  if (options.newer && !options.ledger) {
    throw new UsageError('--newer needs the ledger that --no-ledger leaves out');
  }
  const { directory, onCollision, digest, newer, tries, rowTimeout } = options;
  if (rowTimeout === 0) throw new UsageError('--row-timeout D must be longer than 0');
  if (options.output !== undefined) checkTemplate(options.output);
  return {
    ...(await httpOptionsOf(options, process.env)),
    directory,
    names: options.tree ? TREE_TEMPLATE : options.output,
    useContentDisposition: options.contentDisposition,
    onCollision,
    digest,
    fileTimes: options.fileTimes,
    newer,
    ...concurrencyOf(options),
    requestRate: options.rate,
    bandwidth: options.bandwidth,
    segments: options.segments,
    tries,
    retryMaxWait: options.retryMaxWait,
    rowTimeout,
    ledger: options.ledger ? process.argv.slice(2) : false,
  };
}

/** What was asked for, or less where the process may not have as many files open. */
function concurrencyOf({
  maxRequests,
  perHost,
}: GetOptions): Pick<
  DownloadOptions,
  'maxRequests' | 'mostRequests' | 'maxRequestsPerOrigin' | 'maxOpenConnections'
> {
  const fit = requestsThatFit();
  if (maxRequests === 'auto') {
    const mostRequests = Math.min(fit, MOST_RUN_REQUESTS);
    return { maxRequests, mostRequests, maxRequestsPerOrigin: perHost, maxOpenConnections: fit };
  }
  if (maxRequests > fit) {
    const instead = `${fit} requests at a time instead of ${maxRequests}`;
    process.stderr.write(
      `flaghoist: ${instead}: more do not fit into the files it may open (ulimit -n)\n`,
    );
  }
  return {
    maxRequests: Math.min(maxRequests, fit),
    maxRequestsPerOrigin: perHost,
    maxOpenConnections: fit,
  };
}

function checkTemplate(text: string): void {
  try {
    compileTemplate(text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UsageError(`--output TEMPLATE: ${error.message}`, { cause: error });
  }
}
