import type { Stats } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '../../model/item.ts';
import { statsOf } from '../files/file-identity.ts';
import type { Replaceable } from '../files/publish.ts';
import { OWN_DIRECTORY } from './naming.ts';

/**
 * Whether a file that is there already may be replaced by this row's. `if-same`: it may be the row's
 * own, of a run that was killed. The row is downloaded then, and has the name if the file that is there
 * has the same contents, or none; else the name is taken.
 * @param path of the file, as {@link SavedFile.path} has it
 * @param stats of the file itself, not of what a link leads to
 */
export type ReplaceRule = (item: Item, path: string, stats: Stats) => boolean | 'if-same';

/**
 * What was in the directory before the run. In one that was empty nothing can be in the way, and
 * nothing is looked for; in others each name is, once. What other programs put there while the run goes
 * on is seen when a file gets its name (`publish`).
 */
export class ExistingFiles {
  readonly #directory: string;
  readonly #rule: boolean | ReplaceRule;
  /** Whether there may be any: otherwise {@link replaceableAt} need not be asked. */
  readonly any: boolean;

  private constructor(directory: string, any: boolean, rule: boolean | ReplaceRule) {
    this.#directory = directory;
    this.any = any;
    this.#rule = rule;
  }

  static async open(directory: string, rule: boolean | ReplaceRule): Promise<ExistingFiles> {
    const any = rule !== true && !(await isEmpty(directory));
    return new ExistingFiles(directory, any, rule);
  }

  /** What a file may replace where nothing stood before the run. */
  get byDefault(): Replaceable {
    return this.#rule === true ? 'anything' : 'nothing';
  }

  /**
   * What the row's file may replace at `path`, relative.
   * @returns undefined when a file that is there keeps the row from it
   * @throws the file system's errors
   */
  async replaceableAt(item: Item, path: string): Promise<Replaceable | undefined> {
    const full = join(this.#directory, path);
    const stats = await statsOf(full);
    if (stats === undefined) return this.byDefault;
    const answer = typeof this.#rule === 'function' ? this.#rule(item, full, stats) : this.#rule;
    if (answer === 'if-same') return 'remains';
    return answer ? stats : undefined;
  }
}

/** But for what is ours. */
async function isEmpty(directory: string): Promise<boolean> {
  for await (const { name } of await opendir(directory)) if (name !== OWN_DIRECTORY) return false;
  return true;
}
