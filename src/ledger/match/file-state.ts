import type { Stats } from 'node:fs';
import type { Checksum } from '../../model/item.ts';
import type { PreviousRecord } from './previous-records.ts';

/**
 * A row's file, compared with its record:
 *
 * - `missing`: nothing is at its path.
 * - `same`: it has the recorded size, and was not written to since it was saved.
 * - `touched`: it has the recorded size and was written to, or copied without its times: its contents
 *   may be the same.
 * - `changed`: it has another size, or is no file, and that since it was saved.
 * - `damaged`: it has another size since it was saved, as after a power cut. There is nothing of the
 *   user's in it.
 */
export type FileState = 'missing' | 'same' | 'touched' | 'changed' | 'damaged';

/** A file system's clock may be behind the process's by as much as a timer tick, in ms. */
export const CLOCK_LAG = 10;

/** @param stats undefined when there is no file */
export function fileState(
  stats: Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'isFile'> | undefined,
  record: Pick<PreviousRecord, 'bytes' | 'savedAt' | 'lastModified'>,
): FileState {
  if (stats === undefined) return 'missing';
  if (!stats.isFile()) return 'changed';
  const { bytes, savedAt = Number.POSITIVE_INFINITY, lastModified } = record;
  const saved = savedAt + CLOCK_LAG;
  // Tools that set the time of a file (`cp -p`, `touch -r`) cannot set when its name or size changed.
  if (stats.size !== bytes) return stats.ctimeMs > saved ? 'changed' : 'damaged';
  if (stats.mtimeMs <= saved) return 'same';
  // The file has the server's time, and that server's clock is ahead.
  const second = Math.floor(stats.mtimeMs / 1000) * 1000;
  return lastModified !== undefined && Date.parse(lastModified) === second ? 'same' : 'touched';
}

/**
 * Whether a killed run may have saved the file without a record of it.
 * @param since when the first such run began, in ms since the epoch
 */
export function mayBeUnrecorded({ ctimeMs }: Pick<Stats, 'ctimeMs'>, since: number): boolean {
  return ctimeMs >= since - CLOCK_LAG;
}

/** Whether the recorded file was checked against this checksum. */
export function wasChecked(
  record: Pick<PreviousRecord, 'checksum' | 'digest'>,
  { algorithm, hex }: Checksum,
): boolean {
  const text = `${algorithm}:${hex}`;
  return record.checksum === text || record.digest === text;
}
