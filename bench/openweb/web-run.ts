import { mkdir, rm } from 'node:fs/promises';
import { type Command, type MeasureOptions, measure, type Usage } from '../measure/measure.ts';
import type { Run } from '../results/result.ts';
import { type Accounts, readAccounts } from './accounts.ts';
import { type ArrivedFiles, arrivedFiles, type ExpectedFile } from './arrivals.ts';
import type { ServerLoad } from './server-load.ts';

export interface WebRun {
  readonly command: Command;
  /** Where its files go; made fresh, and removed afterwards. */
  readonly directory: string;
  /** The files that can be had. */
  readonly expected: readonly ExpectedFile[];
  /** Of the list, for a program that accounts for them in a ledger; then it must have every file too. */
  readonly rows?: number;
  readonly options: MeasureOptions;
  /** Of the web that the list is of. */
  readonly load: ServerLoad;
}

/** Runs a downloader through a web's list. */
export async function webRun(run: WebRun): Promise<Run> {
  const { command, directory, expected, rows, options, load } = run;
  await mkdir(directory);
  let startedAt = 0;
  const onStart = (pid: number) => {
    startedAt = Date.now();
    options.onStart?.(pid);
  };
  try {
    const usage = await load.during(() => measure(command, { ...options, onStart }));
    const arrived = await arrivedFiles(directory, expected, startedAt);
    if (rows === undefined) return toWebRun(usage, arrived);
    // The ledger of a run that was killed is not locked any more, and can be read.
    const accounts = await readAccounts(directory);
    const found = { ...toWebRun(usage, arrived), accountedRows: accounts.rows };
    const problem = problemOf(usage, { arrived, accounts, files: expected.length, rows });
    return problem === undefined ? found : { ...found, problem };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What a run cost. One that its time limit ended is no failure: what it had by then counts. */
export function toWebRun(usage: Usage, arrived: ArrivedFiles): Run {
  const { wallSeconds, cpuSeconds, peakBytes, isTimedOut } = usage;
  return {
    ...{ wallSeconds, cpuSeconds, peakBytes },
    ...arrived,
    ...(isTimedOut ? { isStopped: true } : {}),
  };
}

interface Accounting {
  readonly arrived: ArrivedFiles;
  readonly accounts: Accounts;
  /** That can be had. */
  readonly files: number;
  readonly rows: number;
}

/** What is wrong with a run of ours that came to its end; undefined when every row is accounted for. */
export function problemOf(
  { exitCode, isTimedOut, stderr }: Usage,
  { arrived, accounts, files, rows }: Accounting,
): string | undefined {
  if (isTimedOut) return undefined;
  if (exitCode !== 0 && exitCode !== 1) return `exit code ${exitCode} ${stderr}`.trim();
  if (accounts.rows !== rows) return `${accounts.rows} of ${rows} rows accounted for`;
  if (arrived.files === files) return undefined;
  const reasons = [...accounts.byReason].map(([reason, count]) => `${reason} ${count}`).join(', ');
  return `${arrived.files} of ${files} good files (${reasons})`;
}
