import { statSync } from 'node:fs';
import { sep } from 'node:path';

/**
 * Whether a row's file is there with the right size.
 * @param path relative to the directory
 * @param bytes its size
 */
export function hasFile(directory: string, path: string, bytes: number): boolean {
  try {
    // Synchronous: for each of perhaps a million rows, waiting for a promise takes longer.
    const stats = statSync(directory + sep + path, { throwIfNoEntry: false });
    return stats?.isFile() === true && stats.size === bytes;
  } catch {
    // A file where a folder was, a folder that may not be read: the download will say what is wrong.
    return false;
  }
}
