import { readFileSync } from 'node:fs';
import type { Ending } from '../ledger/write/runs.ts';
import { BrokenRunError } from '../model/broken-run-error.ts';
import type { Outcome } from '../model/outcome.ts';
import { safeArguments } from '../model/safe-arguments.ts';
import { Activity } from '../observe/activity.ts';

/** Holds from src/cli in a checkout and from dist/command in the package: both are two levels deep. */
const PAGE = new URL('../../dist/page.html', import.meta.url);

/**
 * Reads the page that shows runs, still without data.
 * @param place a test passes its own
 * @throws BrokenRunError when the page was not built
 */
export function pageTemplate(place: URL | string = PAGE): string {
  try {
    return readFileSync(place, 'utf8');
  } catch (cause) {
    throw new BrokenRunError(
      'the page that shows runs is missing: in a checkout, `npm run build:page` makes it; else install flaghoist again',
      { cause },
    );
  }
}

/** A run that is shown on a live page. */
export interface WatchedRun extends AsyncDisposable {
  /** Pass it to `download`, which keeps it up to date. */
  readonly activity: Activity;
  /** A row has ended. */
  add(outcome: Outcome): void;
  /** The run has ended. Disposal without this call means that it has broken. */
  end(ending: Ending): void;
}

/**
 * Serves the live page of a run until disposal, and prints its address on stderr.
 *
 * @param port 0 for any that is free; undefined for no page
 * @param run `rows` returns how many it has, once that is known
 * @returns undefined without a port; nothing is loaded then
 * @throws BrokenRunError when the page is missing or the port is in use
 */
export async function openWatchedRun(
  port: number | undefined,
  { directory, rows }: { readonly directory: string; readonly rows: () => number | undefined },
): Promise<WatchedRun | undefined> {
  if (port === undefined) return undefined;
  const { Dashboard } = await import('../dashboard/dashboard.ts');
  const { LiveRun } = await import('../dashboard/live-run.ts');
  const { fillPage } = await import('../report/page/fill-page.ts');
  const pieces = await Array.fromAsync(fillPage(pageTemplate(), ['{"kind":"live"}']));
  const facts = {
    directory,
    arguments: safeArguments(process.argv.slice(2)),
    get expected() {
      return rows();
    },
  };
  const activity = new Activity();
  const run = new LiveRun(facts, activity);
  const dashboard = await Dashboard.open({ port, page: pieces.join(''), run });
  process.stderr.write(`flaghoist: the run can be watched at ${dashboard.url}\n`);
  return {
    activity,
    add: (outcome) => run.add(outcome),
    end: (ending) => dashboard.end(ending),
    [Symbol.asyncDispose]: () => dashboard[Symbol.asyncDispose](),
  };
}
