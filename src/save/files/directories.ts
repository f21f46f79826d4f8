import { constants } from 'node:fs';
import {
  access,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { errorCode } from '../../model/error-code.ts';
import type { Reasoned } from '../../model/reason.ts';
import { OWN_DIRECTORY, safePath } from '../names/naming.ts';
import { statsOf } from './publish.ts';

/** How many directories are remembered at most: a list may have one for each of its rows. */
const MOST_KEPT = 10_000;

/** A file or a link is where a directory is needed. */
class BlockedPathError extends Error implements Reasoned {
  override readonly name = 'BlockedPathError';
  readonly reason = 'not-writable';
  readonly path: string;

  constructor(path: string, why: string) {
    super(`${path} ${why}`);
    this.path = path;
  }
}

/**
 * The directories below the run's own. Each is created when it is needed, and examined once for as long
 * as it is remembered. None of them is a link: its target may be outside, or another directory of this
 * run, where names would collide unnoticed. (A program that may write to the directory can still put a
 * link there during the run, since Node has no `openat`.)
 */
export class Directories {
  readonly #root: string;
  readonly #mostKept: number;
  /** The relative paths of those that exist, oldest first. */
  readonly #made = new Set<string>();
  readonly #making = new Map<string, Promise<void>>();

  constructor(root: string, mostKept = MOST_KEPT) {
    this.#root = root;
    this.#mostKept = mostKept;
  }

  /**
   * Creates `directory` and those above it.
   * @param directory relative and safe, `/` between its segments; empty for the root itself
   * @returns undefined when it exists already
   * @throws BlockedPathError; the file system's errors
   */
  ensure(directory: string): Promise<void> | undefined {
    if (directory === '' || this.#made.has(directory)) return undefined;
    let making = this.#making.get(directory);
    if (making === undefined) {
      making = this.#make(directory);
      this.#making.set(directory, making);
    }
    return making;
  }

  async #make(directory: string): Promise<void> {
    try {
      const end = directory.lastIndexOf('/');
      if (end > 0) await this.ensure(directory.slice(0, end));
      await makeDirectory(join(this.#root, directory));
      this.#keep(directory);
    } finally {
      // Also after a failure: the obstacle may be gone when the next row comes.
      this.#making.delete(directory);
    }
  }

  #keep(directory: string): void {
    this.#made.add(directory);
    if (this.#made.size <= this.#mostKept) return;
    for (const oldest of this.#made) {
      this.#made.delete(oldest);
      return;
    }
  }
}

/**
 * Tries to write to a directory, and finds out whether its file system ignores case in names.
 * @param path of a temporary file in it, with a lower-case letter in its name; it is removed again
 * @throws the file system's errors when the directory is not writable
 */
export async function foldsCase(path: string): Promise<boolean> {
  await writeFile(path, '', { flag: 'wx' });
  try {
    await access(join(dirname(path), basename(path).toUpperCase()));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Whether names in a directory seem to ignore case, as far as that shows without a write: a path that is there is
 * found by its name in other letters, too.
 * @param directory need not be there; then one above it tells
 */
export async function seemsToFoldCase(directory: string): Promise<boolean> {
  let path = join(resolve(directory), OWN_DIRECTORY);
  for (let parent = dirname(path); parent !== path; parent = dirname(path)) {
    const [name, there] = [basename(path), await statsOf(path)];
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
    if (there !== undefined && other !== name) {
      // The name of a mount point is of another file system.
      const isMount = (await statsOf(parent))?.dev !== there.dev;
      if (isMount || (await statsOf(join(parent, other))) === undefined) return false;
      return !(await readdir(parent)).includes(other);
    }
    path = parent;
  }
  return false;
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const found = await lstat(path);
    if (found.isDirectory()) return;
    throw new BlockedPathError(
      path,
      found.isSymbolicLink()
        ? 'is a link: nothing is written through it'
        : 'is a file, and a directory of that name is needed',
    );
  }
}

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
