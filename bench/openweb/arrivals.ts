import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arrivals } from '../results/result.ts';

/** What a file must be to count: its path below the directory, and its length in bytes. */
export interface ExpectedFile {
  readonly name: string;
  readonly bytes: number;
}

export interface ArrivedFiles extends Arrivals {
  /** Those of the expected files that are there. */
  readonly files: number;
}

/**
 * When the expected files of a directory were done, by the times that the file system has noted: that of the last
 * change of their inode (ctime). It is when a file was last written or got its final name, and unlike mtime it is
 * no program's to set: wget2 sets mtime to the server's.
 *
 * @param startedAt ms since the epoch
 */
export async function arrivedFiles(
  directory: string,
  expected: readonly ExpectedFile[],
  startedAt: number,
): Promise<ArrivedFiles> {
  const times: number[] = [];
  for (const { name, bytes } of expected) {
    const at = await doneAt(join(directory, name), bytes);
    if (at !== undefined) times.push((at - startedAt) / 1000);
  }
  return { files: times.length, ...arrivalsOf(times, expected.length) };
}

/**
 * Times to a share of `total`: those that too few files reached are left out.
 *
 * @param times when each file was there, in s, in any order
 */
export function arrivalsOf(times: readonly number[], total: number): Arrivals {
  const sorted = times.toSorted((a, b) => a - b);
  const timeTo = (share: number) => sorted[Math.max(0, Math.ceil(total * share) - 1)];
  const [half, most, nearlyAll] = [timeTo(0.5), timeTo(0.9), timeTo(0.99)];
  return {
    ...(half === undefined ? {} : { secondsTo50: half }),
    ...(most === undefined ? {} : { secondsTo90: most }),
    ...(nearlyAll === undefined ? {} : { secondsTo99: nearlyAll }),
  };
}

/** Undefined when the file is not there, or not whole. */
async function doneAt(path: string, bytes: number): Promise<number | undefined> {
  try {
    const { size, ctimeMs } = await stat(path);
    return size === bytes ? ctimeMs : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
