import { formatCount } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import { done, ended, left } from './totals.ts';

/** What became of the files of a run. */
export interface Verdict {
  /** `All 900 files are there`, `882 of 900 files are there`. */
  readonly there: string;
  /** `18 failed`, `2 were not found`; of the files that are not there, why. */
  readonly missing: readonly string[];
}

/** What a verdict is made of. */
export type Judged = Pick<RunState, 'totals' | 'expected' | 'ending'>;

/** What is true of a run, under way or over. */
export function verdictOf({ totals, expected, ending }: Judged): Verdict {
  const isRunning = ending === 'running';
  const all = ended(totals);
  const there = done(totals);
  const toGo = left(totals, expected) ?? 0;
  const missing = [
    ...counted(totals.failed, 'failed', 'failed'),
    ...counted(totals['not-found'], 'was not found', 'were not found'),
    ...counted(totals.cancelled, 'was cancelled', 'were cancelled'),
    ...(isRunning ? [] : counted(toGo, 'was not tried', 'were not tried')),
  ];
  if (all === 0 && isRunning) return { there: 'No file is there yet', missing };
  return { there: thereOf(there, all + toGo, isRunning), missing };
}

function thereOf(there: number, all: number, isRunning: boolean): string {
  if (all === 0) return 'There were no files to download';
  const files = all === 1 ? 'file' : 'files';
  if (there === all && !isRunning) {
    return all === 1 ? 'The file is there' : `All ${formatCount(all)} files are there`;
  }
  const are = there === 1 ? 'is' : 'are';
  const soFar = isRunning ? ' so far' : '';
  // While the length of the list is not known, all that have ended are not all that there are.
  const of = there === all ? '' : `of ${formatCount(all)} `;
  return `${formatCount(there)} ${of}${files} ${are} there${soFar}`;
}

function counted(files: number, one: string, more: string): string[] {
  return files === 0 ? [] : [`${formatCount(files)} ${files === 1 ? one : more}`];
}

/** The same in a sentence: `882 of 900 files are there, 18 failed`. */
export function verdictText(state: Judged): string {
  const { there, missing } = verdictOf(state);
  return [there, ...missing].join(', ');
}

/** The title of the live page's tab: `45 % · flaghoist`, at the end `done: 3 failed · flaghoist`. */
export function liveTitle(state: Judged & Pick<RunState, 'now'>): string {
  const { ending, totals, now, expected } = state;
  const { missing } = verdictOf(state);
  if (ending === 'running') {
    const all = ended(totals);
    const share = now?.share ?? (expected ? all / expected : undefined);
    const said = share === undefined ? `${formatCount(all)} files` : percentText(share);
    return `${said} · flaghoist`;
  }
  const end = ending === 'complete' ? 'done' : ENDED[ending];
  return `${[end, ...(missing.length > 0 ? [missing.join(', ')] : [])].join(': ')} · flaghoist`;
}

const ENDED: Readonly<Record<Exclude<RunState['ending'], 'running' | 'complete'>, string>> = {
  stopped: 'stopped',
  interrupted: 'interrupted',
  broken: 'broken off',
  killed: 'killed',
};

/** A share of 1 as `45 %`: 100 % is said when nothing is missing. */
export function percentText(share: number): string {
  return `${Math.min(Math.max(Math.floor(share * 100 + 1e-9), 0), 100)} %`;
}
