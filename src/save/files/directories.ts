import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';
import { BlockedPathError } from '../names/collision-errors.ts';

/** Directories that are remembered, at most: a list may have one for each of its rows. */
const MOST_KEPT = 10_000;

/**
 * The directories below one, made as they are needed, and each looked at once, as long as it is remembered. None of them is
 * a link: what it leads to may be outside, or another directory of this run, where names would clash
 * unseen. (Whoever may change the directory while the run goes on can still put a link there: Node
 * has no `openat`.)
 */
export class Directories {
  readonly #root: string;
  readonly #mostKept: number;
  /** Those that are there, by relative path, the oldest first. */
  readonly #made = new Set<string>();
  readonly #making = new Map<string, Promise<void>>();

  constructor(root: string, mostKept = MOST_KEPT) {
    this.#root = root;
    this.#mostKept = mostKept;
  }

  /**
   * Makes `directory` and those above it.
   * @param directory relative and safe, `/` between its segments; empty for the root itself
   * @returns undefined when it is there already
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
      // Also after a failure: what stands in the way may be gone when the next row comes.
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
