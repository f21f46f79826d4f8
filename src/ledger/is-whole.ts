import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PreviousRecord } from './record.ts';

/** Whether the row is done and its file still there, with the right size: nothing is left to do. */
export function isWhole(record: PreviousRecord, directory: string): boolean {
  return (record.status === 'ok' || record.status === 'skipped') && hasFile(record, directory);
}

/**
 * Whether the file that the record knows is there with the right size, whatever became of the row
 * last: then its validators are worth asking with.
 */
export function hasFile(record: PreviousRecord, directory: string): boolean {
  if (record.path === undefined) return false;
  try {
    // Synchronous: 3 µs, for each of perhaps a million rows; waiting for a promise takes longer.
    const stats = statSync(join(directory, record.path), { throwIfNoEntry: false });
    return stats?.isFile() === true && stats.size === record.bytes;
  } catch {
    // A file where a folder was, a folder that may not be read: the download will say what is wrong.
    return false;
  }
}
