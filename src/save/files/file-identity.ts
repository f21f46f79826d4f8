import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { errorCode } from '../../model/error-code.ts';

/** Which file has a name, and in which state: by it a file that took its place, or was written to, is known. */
export type FileIdentity = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs'>;

/** Whether two names had one file at two moments, unchanged between them. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.ctimeMs === other.ctimeMs
  );
}

/**
 * What has a name: a link itself, not what it leads to.
 * @returns undefined when nothing has it
 * @throws the file system's errors
 */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = errorCode(error);
    // ENOTDIR: a file stands where a directory should; making the directory will say so.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
