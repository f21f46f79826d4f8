import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockedPathError } from './collision-errors.ts';

/**
 * The directories below one, made as they are needed, and each looked at only once. None of them is
 * a link: what it leads to may be outside, or another directory of this run, where names would clash
 * unseen. (Whoever may change the directory while the run goes on can still put a link there: Node
 * has no `openat`.)
 */
export class Directories {
  readonly #root: string;
  /** By relative path: true once it is there. */
  readonly #made = new Map<string, true | Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Makes `directory` and those above it.
   * @param directory relative and safe, `/` between its segments; empty for the root itself
   * @returns undefined when it is there already
   * @throws BlockedPathError; the file system's errors
   */
  ensure(directory: string): Promise<void> | undefined {
    if (directory === '') return undefined;
    const made = this.#made.get(directory);
    if (made === true) return undefined;
    if (made !== undefined) return made;
    const making = this.#make(directory);
    this.#made.set(directory, making);
    return making;
  }

  async #make(directory: string): Promise<void> {
    try {
      const end = directory.lastIndexOf('/');
      if (end > 0) await this.ensure(directory.slice(0, end));
      await makeDirectory(join(this.#root, directory));
      this.#made.set(directory, true);
    } catch (error) {
      // What stands in the way may be gone when the next row comes.
      this.#made.delete(directory);
      throw error;
    }
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
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
