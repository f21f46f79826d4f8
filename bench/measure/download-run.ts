import { mkdir, rm } from 'node:fs/promises';
import type { Run } from '../results/result.ts';
import { countFiles, type FileCount } from './count-files.ts';
import { type Command, type MeasureOptions, measure, type Usage } from './measure.ts';

export interface DownloadRun {
  readonly command: Command;
  /** The directory for its files, made before the run and removed afterwards. */
  readonly directory: string;
  /** The files that must be there in the end. */
  readonly expected: FileCount;
  readonly options: MeasureOptions;
  /** Counts the files in the directory. @default all that are in and below it */
  readonly count?: ((directory: string) => Promise<FileCount>) | undefined;
}

/** Runs a downloader into a fresh directory, and checks that everything is there. */
export async function downloadRun({
  command,
  directory,
  expected,
  options,
  count = countFiles,
}: DownloadRun): Promise<Run> {
  await mkdir(directory);
  try {
    const usage = await measure(command, options);
    return toRun(usage, await count(directory), expected);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The figures of a run, and its problem if it has one. */
export function toRun(usage: Usage, found: FileCount, expected: FileCount): Run {
  const { wallSeconds, cpuSeconds, peakBytes } = usage;
  const problem = problemOf(usage, found, expected);
  return {
    ...{ wallSeconds, cpuSeconds, peakBytes, files: found.files },
    ...(problem === undefined ? {} : { problem }),
  };
}

function problemOf(usage: Usage, found: FileCount, expected: FileCount): string | undefined {
  if (usage.isTimedOut) return `not done after ${Math.round(usage.wallSeconds)} s`;
  if (found.files !== expected.files) return `${found.files} of ${expected.files} files`;
  if (found.bytes !== expected.bytes) return `${found.bytes} of ${expected.bytes} bytes`;
  if (usage.exitCode !== 0) return `exit code ${usage.exitCode} ${usage.stderr}`.trim();
  return undefined;
}
