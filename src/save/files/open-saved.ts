import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { safePath } from '../names/naming.ts';

/**
 * Opens a file of a run to read it: only one that is below the directory by its path, and that no link
 * leads to, be it the file's own name or a directory's on the way.
 *
 * @param path relative to `directory`, with `/` on every system, as the ledger has it
 * @returns undefined for what is not there, may not be read, is no ordinary file, or no such path
 */
export async function openSaved(directory: string, path: string): Promise<FileHandle | undefined> {
  // What the run saves has such a path; a ledger that somebody has changed may have any.
  if (path === '' || safePath(undefined, path) !== path) return undefined;
  let file: FileHandle | undefined;
  try {
    const full = join(await realpath(directory), path.replaceAll('/', sep));
    // Not waiting for somebody to write, should it be a pipe.
    file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const [opened, there] = [await file.stat(), await lstat(full)];
    // Looked at after it was opened: what a link led to is somewhere else now, or another file.
    const isItself = (await realpath(full)) === full;
    const isSame = opened.dev === there.dev && opened.ino === there.ino;
    if (opened.isFile() && isItself && isSame) return file;
  } catch {
    // Not there any more, or not ours to read: there is nothing to show, and that is all.
  }
  await file?.close();
  return undefined;
}
