import { mkdir, rm } from 'node:fs/promises';
import { type Command, type MeasureOptions, measure, type Usage } from '../measure/measure.ts';
import type { Run } from '../results/result.ts';
import { type Accounts, readAccounts } from './accounts.ts';
import { type ArrivedFiles, arrivedFiles, type ExpectedFile } from './arrivals.ts';
import type { ServerLoad } from './server-load.ts';

export interface WebRun {
  readonly command: Command;
  /** The directory for its files, made before the run and removed afterwards. */
  readonly directory: string;
  /** The files of good hosts. */
  readonly expected: readonly ExpectedFile[];
  /** Rows of the list, for a program with a ledger. It must then have all files and account for all rows. */
  readonly rows?: number;
  readonly options: MeasureOptions;
  /** The load of the web's servers. */
  readonly load: ServerLoad;
}

/** Runs a downloader with the list of a web. */
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
    // The ledger of a killed run is no longer locked.
    const accounts = await readAccounts(directory);
    const found = { ...toWebRun(usage, arrived), accountedRows: accounts.rows };
    const problem = problemOf(usage, { arrived, accounts, files: expected.length, rows });
    return problem === undefined ? found : { ...found, problem };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The figures of a run. If its time limit ended it, the files that it had by then count. */
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
  /** Files of good hosts. */
  readonly files: number;
  readonly rows: number;
}

/** The problem of a run of flaghoist that came to its end; undefined if every row is accounted for. */
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
