import { STATUSES, type Status } from '../../model/outcome.ts';
import type { HostTotals, RowGroup } from '../../model/row-group.ts';
import { safeLine } from '../../model/safe-text.ts';
import { commandLine } from '../command-line.ts';
import type { ReportedRun } from '../ledger-text.ts';
import { pageReasons } from '../row-groups.ts';
import type { RunState, Series } from './page-data.ts';

/** What a ledger says of a directory without a look at each row. */
export interface LedgerFacts {
  readonly directory: string;
  readonly run: ReportedRun | undefined;
  /** A run is using the directory now. */
  readonly isInUse: boolean;
  /** When the last row of the run ended, in ms since the epoch; undefined when it has none. */
  readonly lastEnd: number | undefined;
  /** All rows, by how they ended. */
  readonly groups: readonly RowGroup[];
  readonly hosts: readonly HostTotals[];
  readonly otherHosts: number;
}

/** How a ledger's last run went, and how its rows ended, whichever run that was in. */
export function reportState(
  facts: LedgerFacts,
  { series, leftOut }: { readonly series: Series; readonly leftOut: RunState['leftOut'] },
): RunState {
  const { directory, run, isInUse, groups, hosts, otherHosts } = facts;
  const ending = run?.ending ?? (isInUse ? 'running' : 'killed');
  const totals = totalsOf(groups);
  const all = STATUSES.reduce((sum, status) => sum + totals[status], 0);
  return {
    directory: safeLine(directory),
    command: commandLine(run?.arguments ?? []),
    startedAt: run?.startedAt ?? 0,
    elapsed: elapsedOf(facts),
    ending,
    // A run that did not come to its end has not read its whole list.
    expected: ending === 'complete' ? all : undefined,
    totals,
    bytes: groups.reduce((sum, { status, bytes }) => sum + (status === 'ok' ? bytes : 0), 0),
    reasons: pageReasons(groups),
    hosts: hosts.map((one) => ({ ...one, host: safeLine(one.host) })),
    otherHosts,
    series,
    leftOut,
  };
}

/**
 * How long the run took, in ms. Of a run that did not record its end, the time until its last row ended.
 */
export function elapsedOf({ run, lastEnd }: Pick<LedgerFacts, 'run' | 'lastEnd'>): number {
  if (run === undefined) return 0;
  return Math.max((run.endedAt ?? lastEnd ?? run.startedAt) - run.startedAt, 0);
}

function totalsOf(groups: readonly RowGroup[]): Record<Status, number> {
  const totals = { ok: 0, skipped: 0, 'not-found': 0, failed: 0, cancelled: 0 };
  for (const { status, rows } of groups) totals[status] += rows;
  return totals;
}
