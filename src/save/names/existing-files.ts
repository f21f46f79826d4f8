import type { Stats } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '../../model/item.ts';
import { statsOf } from '../files/compare-files.ts';
import type { Replaceable } from '../files/publish.ts';
import { OWN_DIRECTORY } from './naming.ts';

/**
 * Decides whether a row may replace an existing file. `if-same` is for a file that may be the row's own,
 * saved by a run that was killed: the row is downloaded, and has the name if the existing file has the
 * same contents or is empty; otherwise the name is taken.
 *
 * @param path of the file, as {@link SavedFile.path} has it
 * @param stats of the file itself, not of the target of a link
 */
export type ReplaceRule = (item: Item, path: string, stats: Stats) => boolean | 'if-same';

/**
 * The files that were in the directory before the run. If it was empty, nothing can be in the way and
 * the disk is never asked; otherwise each name is looked up once. Files that other programs create during
 * the run are noticed when a file gets its name (`publish`).
 */
export class ExistingFiles {
  readonly #directory: string;
  readonly #rule: boolean | ReplaceRule;
  /** Whether {@link replaceableAt} has to be asked. */
  readonly mayBlock: boolean;

  /** @param rule which files a row may replace: none, all, or those that the rule allows */
  constructor(
    directory: string,
    { rule, mayBlock }: { readonly rule: boolean | ReplaceRule; readonly mayBlock: boolean },
  ) {
    this.#directory = directory;
    this.#rule = rule;
    this.mayBlock = mayBlock;
  }

  /** Looks whether there are any files that the rule could keep from being replaced. */
  static async open(directory: string, rule: boolean | ReplaceRule): Promise<ExistingFiles> {
    const mayBlock = rule !== true && !(await isEmpty(directory));
    return new ExistingFiles(directory, { rule, mayBlock });
  }

  /** What a row may replace where there was no file before the run. */
  get replaceableByDefault(): Replaceable {
    return this.#rule === true ? 'anything' : 'nothing';
  }

  /**
   * What the row's file may replace at the relative `path`.
   * @returns undefined when the name is taken by an existing file
   * @throws the file system's errors
   */
  async replaceableAt(item: Item, path: string): Promise<Replaceable | undefined> {
    const full = join(this.#directory, path);
    const stats = await statsOf(full);
    if (stats === undefined) return this.replaceableByDefault;
    const answer = typeof this.#rule === 'function' ? this.#rule(item, full, stats) : this.#rule;
    if (answer === 'if-same') return 'leftover';
    return answer ? stats : undefined;
  }
}

/** Whether the directory has nothing but the run's own files in it. */
async function isEmpty(directory: string): Promise<boolean> {
  for await (const { name } of await opendir(directory)) if (name !== OWN_DIRECTORY) return false;
  return true;
}
