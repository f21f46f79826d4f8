import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arrivals } from '../results/result.ts';

/** A file that counts: its path below the directory, and its length in bytes. */
export interface ExpectedFile {
  readonly name: string;
  readonly bytes: number;
}

/** The files that arrived, and when. */
export interface ArrivedFiles extends Arrivals {
  /** How many of the expected files are there. */
  readonly files: number;
}

/**
 * When the expected files of a directory were finished, by their ctime. That is when a file was last written or
 * renamed. Unlike mtime, no program can set it; wget2 sets mtime to the server's.
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
 * The times at which shares of `total` had arrived. Shares that were not reached are left out.
 *
 * @param times when each file arrived, in s, in any order
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

/** Undefined if the file is missing or not whole. */
async function doneAt(path: string, bytes: number): Promise<number | undefined> {
  try {
    const { size, ctimeMs } = await stat(path);
    return size === bytes ? ctimeMs : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
