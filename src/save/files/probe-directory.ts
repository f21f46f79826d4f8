import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';

/**
 * Tries to write to a directory, and finds out whether its file system takes names that differ in
 * case only for one.
 * @param path of a temporary file in it, with a lower-case letter in its name; it is gone afterwards
 * @throws the file system's errors: the directory is not writable
 */
export async function foldsCase(path: string): Promise<boolean> {
  await writeFile(path, '', { flag: 'wx' });
  try {
    const name = path.slice(dirname(path).length + 1);
    return await isThere(join(dirname(path), name.toUpperCase()));
  } finally {
    await rm(path, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
