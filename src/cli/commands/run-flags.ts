import { download } from '../../download.ts';
import {
  finalReport,
  initialReport,
  unaccountedReport,
  verboseLine,
} from '../../flags/messages.ts';
import { flagRow } from '../../flags/sites.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { Outcome } from '../../model/outcome.ts';
import { OutcomeAudit } from '../../observe/outcome-audit.ts';
import { progressOf } from '../../observe/progress.ts';
import { progressLine } from '../../report/progress-line.ts';
import { EXIT, EXIT_OF_SIGNAL } from '../exit-code.ts';
import { watchForInterruption } from '../interruption.ts';
import { ProgressBar } from '../output/progress-bar.ts';
import { openWatchedRun, type WatchedRun } from '../watched-run.ts';
import type { FlagsRun } from './flags.ts';
import { ensureServed } from './site-server.ts';

/** Where the flags go, in the current directory. */
const DIRECTORY = 'downloads';

/**
 * Runs the command: says what it will do, does it, says what came of it, sets the exit code.
 *
 * @param downloadRows what downloads; a test passes one that loses track
 * @throws BrokenRunError when the site cannot be served, or a flag is unaccounted for at the end
 */
export async function runFlags(run: FlagsRun, downloadRows = download): Promise<void> {
  const { site, codes, maxRequests, dashboard } = run;
  using interruption = watchForInterruption();
  await using server = await ensureServed(site);
  if (server.started) {
    process.stderr.write(`flaghoist: nobody serves ${site.url}; started a server for this run.\n`);
  }
  const watching = { directory: DIRECTORY, rows: codes.length };
  await using watched = await openWatchedRun(dashboard, watching);
  process.stdout.write(initialReport(site, codes, maxRequests));

  const startedAt = performance.now();
  const audit = new OutcomeAudit(codes);
  const outcomes = downloadRows(
    codes.map((code) => flagRow(site, code)),
    // Flags that are there already are downloaded anew, as the notes have it; and one try is all.
    {
      directory: DIRECTORY,
      maxRequests,
      signal: interruption.aborted,
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

/** Takes the outcomes as they come, and shows it. */
async function auditOutcomes(
  { codes, verbose }: FlagsRun,
  audit: OutcomeAudit,
  outcomes: AsyncIterable<Outcome>,
  startedAt: number,
): Promise<void> {
  const progress = () => progressOf(audit.tally, codes.length, performance.now() - startedAt);
  using _bar = verbose
    ? undefined
    : await ProgressBar.open(({ columns }) => progressLine(progress(), columns));
  for await (const outcome of outcomes) {
    const code = codes[outcome.item.index] ?? '';
    audit.add(code, outcome);
    if (verbose) process.stdout.write(verboseLine(code, outcome));
  }
}
