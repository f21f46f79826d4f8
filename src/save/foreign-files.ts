import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '../model/item.ts';
import { OWN_DIRECTORY } from './safe-path.ts';

/**
 * Whether a file that is there already may be replaced by this row's.
 * @param path of the file, as {@link SavedFile.path} has it
 * @param stats of the file itself, not of what a link leads to
 */
export type ReplaceRule = (item: Item, path: string, stats: Stats) => boolean;

/**
 * What was in the directory before the run. In one that was empty nothing can be in the way, and
 * nothing is looked for; in others each name is, once. What others put there while the run goes on
 * is not seen for sure.
 */
export class ForeignFiles {
  readonly #directory: string;
  readonly #mayReplace: ReplaceRule;
  /** Whether there may be any: otherwise {@link blocks} need not be asked. */
  readonly any: boolean;

  private constructor(directory: string, any: boolean, mayReplace: ReplaceRule) {
    this.#directory = directory;
    this.any = any;
    this.#mayReplace = mayReplace;
  }

  static async open(directory: string, replace: boolean | ReplaceRule): Promise<ForeignFiles> {
    const mayReplace = typeof replace === 'function' ? replace : () => replace;
    const any = replace !== true && !(await isEmpty(directory));
    return new ForeignFiles(directory, any, mayReplace);
  }

  /** Whether a file at `path`, relative, keeps the row from it. */
  async blocks(item: Item, path: string): Promise<boolean> {
    const full = join(this.#directory, path);
    const stats = await statsOf(full);
    return stats !== undefined && !this.#mayReplace(item, full, stats);
  }
}

/** But for what is ours. */
async function isEmpty(directory: string): Promise<boolean> {
  for await (const { name } of await opendir(directory)) if (name !== OWN_DIRECTORY) return false;
  return true;
}

/** @returns undefined when nothing is there */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // ENOTDIR: a file stands where a directory should; making the directory will say so.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
