import type { Stats } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { AlreadyThereError, ChangedHereError } from '../../model/file-errors.ts';
import type { Checksum, Item } from '../../model/item.ts';
import type { Reasoned } from '../../model/reason.ts';
import { RunningDigests } from '../files/digests.ts';
import { type Replaceable, statsOf } from '../files/publish.ts';
import type { OnCollision } from './name-registry.ts';
import { OWN_DIRECTORY } from './naming.ts';

/**
 * Decides whether a row may replace an existing file. `if-same` is for a file that may be the row's own,
 * saved by a run that was killed: the row is downloaded, and has the name if the existing file has the
 * same contents or is empty; otherwise the name is taken. `changed` is for the row's own file, which was
 * changed here: the row is downloaded, and ends as ChangedHereError unless the contents are the same.
 * `duplicate` is for the file of another row that is the same download.
 *
 * @param path of the file, as {@link SavedFile.path} has it
 * @param stats of the file itself, not of the target of a link
 */
export type ReplaceRule = (
  item: Item,
  path: string,
  stats: Stats,
) => boolean | 'if-same' | 'changed' | 'duplicate';

/** What the naming of files asks about those that are there. */
export type Existing = Pick<
  ExistingFiles,
  'mayBlock' | 'changedAt' | 'replaceableByDefault' | 'statsAt' | 'replaceableAt'
>;

/** What may happen to files that are there. */
export interface ExistingRules {
  /** Which files a row may replace: none, all, or those that the rule allows. */
  readonly rule: boolean | ReplaceRule;
  readonly onCollision?: OnCollision | undefined;
}

/**
 * The files that were in the directory before the run. If it was empty, nothing can be in the way and
 * the disk is never asked; otherwise each name is looked up once. Files that other programs create during
 * the run are noticed when a file gets its name (`publish`).
 */
export class ExistingFiles {
  readonly #directory: string;
  readonly #rule: boolean | ReplaceRule;
  readonly #onCollision: OnCollision | undefined;
  readonly #isEmpty: boolean;

  /** @param wasEmpty whether there was no file before the run */
  constructor(directory: string, { rule, onCollision }: ExistingRules, wasEmpty: boolean) {
    this.#directory = directory;
    this.#rule = rule;
    this.#onCollision = onCollision;
    this.#isEmpty = wasEmpty;
  }

  /** Looks whether there are any files. */
  static async open(directory: string, rules: ExistingRules): Promise<ExistingFiles> {
    return new ExistingFiles(directory, rules, await isEmpty(directory));
  }

  /** Whether {@link replaceableAt} has to be asked about a row. */
  mayBlock({ checksum }: Item): boolean {
    return !this.#isEmpty && (this.#rule !== true || checksum !== undefined);
  }

  /** The row's own file at `path` was changed here. @returns undefined when it gets another name */
  async changedAt(path: string): Promise<ChangedHereError | undefined> {
    if (this.#onCollision === 'rename') return undefined;
    const file = join(this.#directory, path);
    const { size = 0 } = (await statsOf(file)) ?? {};
    return new ChangedHereError({ path: file, bytes: size }, this.#onCollision === 'fail');
  }

  /** What a row may replace where there was no file before the run. */
  get replaceableByDefault(): Replaceable {
    return this.#rule === true ? 'anything' : 'nothing';
  }

  /** What has the relative `path`. @throws the file system's errors */
  statsAt(path: string): Promise<Stats | undefined> {
    return statsOf(join(this.#directory, path));
  }

  /**
   * What the row's file may replace at the relative `path`.
   * @returns undefined when the name is taken by an existing file
   * @throws AlreadyThereError when the file matches the row's checksum; the file system's errors
   */
  async replaceableAt(item: Item, path: string): Promise<Replaceable | undefined> {
    const full = join(this.#directory, path);
    const stats = await statsOf(full);
    if (stats === undefined) return this.replaceableByDefault;
    const { checksum } = item;
    if (checksum !== undefined && stats.isFile()) {
      if (await matches(full, stats.size, checksum)) {
        throw new AlreadyThereError({ path: full, bytes: stats.size });
      }
      // The file does not match the row, whichever row saved it.
      if (this.#onCollision !== 'rename') return stats;
    }
    if (this.#rule === true) return 'anything';
    const answer = typeof this.#rule === 'function' ? this.#rule(item, full, stats) : this.#rule;
    if (answer === 'if-same') return 'leftover';
    if (answer === 'duplicate') throw new DuplicateError(full);
    if (answer === 'changed') return answer;
    return answer ? stats : undefined;
  }
}

/** Whether a file has the checksum. @throws the file system's errors */
async function matches(path: string, bytes: number, checksum: Checksum): Promise<boolean> {
  const digests = new RunningDigests([checksum.algorithm]);
  await digests.absorb(path, bytes);
  return digests.results()[checksum.algorithm] === checksum.hex;
}

/** Whether the directory has nothing but the run's own files in it. */
async function isEmpty(directory: string): Promise<boolean> {
  for await (const { name } of await opendir(directory)) if (name !== OWN_DIRECTORY) return false;
  return true;
}

/** The row's name is taken by a file that is not the row's. It is overwritten only on request. */
export class ExistingFileError extends Error implements Reasoned {
  override readonly name = 'ExistingFileError';
  readonly reason = 'name-collision';
  readonly path: string;

  constructor(path: string) {
    super(
      `${path} is there already, and is not this row's; move it away, or say what to do with it (--on-collision)`,
    );
    this.path = path;
  }
}

/** The row's file is there: another row with the same URL has it. Not a failure. */
class DuplicateError extends Error implements Reasoned {
  override readonly name = 'DuplicateError';
  readonly reason = 'duplicate';

  constructor(path: string) {
    super(`${path} is there already, as the file of another row with the same URL`);
  }
}
