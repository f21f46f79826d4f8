import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { download } from '../../download.ts';
import {
  finalReport,
  initialReport,
  unaccountedReport,
  verboseLine,
} from '../../flags/messages.ts';
import { selectCodes } from '../../flags/select-codes.ts';
import { flagRow, type Site, siteOf, siteVariable } from '../../flags/sites.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { errorCode } from '../../model/error-code.ts';
import { messageOf } from '../../model/error-words.ts';
import type { Outcome } from '../../model/outcome.ts';
import { OutcomeAudit } from '../../observe/outcome-audit.ts';
import { flagsLine } from '../../report/run-line.ts';
import type { ServerLabel } from '../../server/presets.ts';
import { EXIT, EXIT_OF_SIGNAL } from '../command.ts';
import { watchForInterruption } from '../interruption.ts';
import { type FlagsOptions, MOST_FLAG_REQUESTS } from '../options/other-commands.ts';
import { UsageError } from '../options/values.ts';
import { ProgressBar } from '../output/progress-bar.ts';
import { openWatchedRun, type WatchedRun } from '../pages.ts';

/** Where the flags go, in the current directory. */
const DIRECTORY = 'downloads';

/** How long a server may take to answer at all, in ms. */
const PROBE_TIMEOUT = 5_000;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What one run of `flaghoist flags` does. */
interface FlagsRun extends Partial<Pick<FlagsOptions, 'verbose' | 'dashboard'>> {
  readonly site: Site;
  /** Country codes, sorted. */
  readonly codes: readonly string[];
  /** Requests in flight, at most. */
  readonly maxRequests: number;
}

/** @param environment may say where a site is @throws UsageError */
export function planFlags(
  codes: readonly string[],
  options: FlagsOptions,
  environment: Readonly<Record<string, string | undefined>>,
): FlagsRun {
  const { verbose, dashboard, max_req, maxReq = max_req } = options;
  try {
    const site = siteOf(options.server, environment);
    const selected = selectCodes({ ...options, codes });
    const maxRequests = Math.min(maxReq, MOST_FLAG_REQUESTS, selected.length);
    return { site, codes: selected, maxRequests, verbose, dashboard };
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Runs `flaghoist flags`: announces the run, downloads, reports and sets the exit code.
 *
 * @param downloadRows replaces `download` in tests
 * @throws BrokenRunError when the site cannot be served, or a flag is unaccounted for at the end
 */
export async function runFlags(run: FlagsRun, downloadRows = download): Promise<void> {
  const { site, codes, maxRequests, dashboard } = run;
  using interruption = watchForInterruption();
  await using server = await ensureServed(site);
  if (server.isStarted) {
    process.stderr.write(`flaghoist: no server at ${site.url}; started one for this run.\n`);
  }
  const watching = { directory: DIRECTORY, rows: () => codes.length };
  await using watched = await openWatchedRun(dashboard, watching);
  process.stdout.write(initialReport(site, codes, maxRequests));

  const startedAt = performance.now();
  const audit = new OutcomeAudit(codes);
  const outcomes = downloadRows(
    codes.map((code) => flagRow(site, code)),
    {
      directory: DIRECTORY,
      maxRequests,
      signal: interruption.aborted,
      // The `flags` command downloads every flag anew, and tries each once.
      replaceExisting: true,
      tries: 1,
      activity: watched?.activity,
    },
  );
  await auditOutcomes(run, audit, watchedBy(watched, outcomes), startedAt);
  watched?.end(interruption.signal === undefined ? 'complete' : 'interrupted');
  if (interruption.signal !== undefined) audit.cancelRest();
  process.stdout.write(finalReport(audit.tally, performance.now() - startedAt));

  const unaccounted = audit.unaccounted();
  if (unaccounted.length > 0) throw new BrokenRunError(unaccountedReport(unaccounted));
  if (interruption.signal !== undefined) process.exitCode = EXIT_OF_SIGNAL[interruption.signal];
  else if (audit.tally.failed > 0) process.exitCode = EXIT.someFailed;
}

async function* watchedBy(
  watched: WatchedRun | undefined,
  outcomes: AsyncIterable<Outcome>,
): AsyncGenerator<Outcome, void> {
  for await (const outcome of outcomes) {
    watched?.add(outcome);
    yield outcome;
  }
}

/** Takes the outcomes as they come, and shows them. */
async function auditOutcomes(
  { codes, verbose }: FlagsRun,
  audit: OutcomeAudit,
  outcomes: AsyncIterable<Outcome>,
  startedAt: number,
): Promise<void> {
  const elapsed = () => performance.now() - startedAt;
  using _bar = verbose
    ? undefined
    : await ProgressBar.open(({ columns }) => {
        return flagsLine(audit.tally, codes.length, elapsed(), columns);
      });
  for await (const outcome of outcomes) {
    const code = codes[outcome.item.index] ?? '';
    audit.add(code, outcome);
    if (verbose) process.stdout.write(verboseLine(code, outcome));
  }
}

/** The server of a site, for one run. */
interface SiteServer extends AsyncDisposable {
  /** It was started for this run, and disposal closes it. */
  readonly isStarted: boolean;
}

/**
 * Starts the server of `site` where nothing listens on this machine. It gets a thread of its own, off
 * the downloader's event loop. The public site and other machines are not asked.
 *
 * @throws BrokenRunError when the port belongs to something that is not a web server
 */
async function ensureServed(site: Site): Promise<SiteServer> {
  const { label } = site;
  const url = new URL(site.url);
  if (label === 'REMOTE' || !LOOPBACK.has(url.hostname) || (await answers(site, url))) {
    return { isStarted: false, async [Symbol.asyncDispose]() {} };
  }
  const server = await startServer(label, url);
  return { isStarted: true, [Symbol.asyncDispose]: () => server.close() };
}

async function startServer(label: ServerLabel, url: URL) {
  const { startFlagServerInThread } = await import('../../server/server-thread.ts');
  try {
    return await startFlagServerInThread({ label, port: Number(url.port || 80) });
  } catch (cause) {
    throw new BrokenRunError(messageOf(cause), { cause });
  }
}

/** Whether a web server answers; false when nothing listens. @throws BrokenRunError */
async function answers(site: Site, url: URL): Promise<boolean> {
  const request = get(url.origin, { agent: false, timeout: PROBE_TIMEOUT });
  request.once('timeout', () => request.destroy(new Error(`no answer in ${PROBE_TIMEOUT} ms`)));
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.destroy();
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'ECONNREFUSED') return false;
    throw new BrokenRunError(
      `${url.host} is in use by something that is not a web server (${messageOf(cause)}); ` +
        `stop it, or set ${siteVariable(site.label)} to another URL`,
      { cause },
    );
  }
}
