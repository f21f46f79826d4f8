import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { safePath } from '../names/naming.ts';

/**
 * Opens a file that a run has saved for reading. The path must stay below the directory, and neither the
 * file nor a directory on the way may be a link.
 *
 * @param path relative to `directory`, with `/` on every system, as in the ledger
 * @returns undefined for any other path, and if the file is missing, unreadable or not an ordinary file
 */
export async function openSaved(directory: string, path: string): Promise<FileHandle | undefined> {
  // A run saves only under safe paths, but the ledger may have been edited.
  if (path === '' || safePath(undefined, path) !== path) return undefined;
  let file: FileHandle | undefined;
  try {
    const full = join(await realpath(directory), path.replaceAll('/', sep));
    // O_NONBLOCK: opening a pipe does not wait for its writer.
    file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const [opened, there] = [await file.stat(), await lstat(full)];
    // Checked after opening: if a link led here, the real path or the file differs.
    const isItself = (await realpath(full)) === full;
    const isSame = opened.dev === there.dev && opened.ino === there.ino;
    if (opened.isFile() && isItself && isSame) return file;
  } catch {
    // Missing or unreadable: there is nothing to show.
  }
  await file?.close();
  return undefined;
}
