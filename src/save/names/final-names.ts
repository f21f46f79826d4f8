import type { Stats } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { AlreadyThereError, ChangedHereError } from '../../model/file-errors.ts';
import type { Checksum, Item } from '../../model/item.ts';
import type { Reasoned } from '../../model/reason.ts';
import type { ResponseHead } from '../../model/response.ts';
import { RunningDigests } from '../files/digests.ts';
import type { Directories } from '../files/directories.ts';
import { type Destination, type Replaceable, statsOf } from '../files/publish.ts';
import { parseContentDisposition } from './content-disposition.ts';
import type { NameRegistry, OnCollision } from './name-registry.ts';
import { type NamingOptions, plannedPath } from './name-template.ts';
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
  changedAt(path: string): ChangedHereError | undefined {
    if (this.#onCollision === 'rename') return undefined;
    return new ChangedHereError(join(this.#directory, path), this.#onCollision === 'fail');
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
      // The file is not what the row's has to be, whoever has saved it.
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

/** What {@link FinalNames} are made with. */
export interface FinalNamesOptions extends NamingOptions {
  readonly registry: NameRegistry;
  readonly existing: ExistingFiles;
  readonly directories: Directories;
}

/** A path that a row has claimed. Paths are relative. */
interface ClaimedPath {
  /** What the row's path would be if nothing else had it. */
  readonly wanted: string;
  readonly path: string;
  readonly replaces: Replaceable;
}

/** Gives each row of a run a path that no other row has, and no existing file that must stay. */
export class FinalNames {
  /** What all full paths begin with. */
  readonly #root: string;
  readonly #options: FinalNamesOptions;

  constructor(directory: string, options: FinalNamesOptions) {
    // A separator is left at its end; for the directory `.` nothing is left.
    this.#root = join(directory, 'x').slice(0, -1);
    this.#options = options;
  }

  /**
   * The name of a row's file: claimed at once if it does not depend on the response. It is returned as a
   * promise only if the disk has to be asked.
   * @throws TypeError for an invalid URL; TemplateError, NameCollisionError, ExistingFileError, SkipError
   */
  open(item: Item): FinalName | Promise<FinalName> {
    const wanted = plannedPath(item, this.#options);
    if (wanted === undefined) return new FinalName(this, item);
    const claimed = this.#claim(item, wanted);
    return claimed instanceof Promise
      ? claimed.then((path) => new FinalName(this, item, path))
      : new FinalName(this, item, claimed);
  }

  /** Whether names are made of the files' SHA-256. */
  get needsDigest(): boolean {
    return this.#options.template.needsDigest;
  }

  /** Claims a path for a row whose file is complete. @throws as {@link open} */
  async claimLate(
    item: Item,
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Promise<ClaimedPath> {
    const { template, useContentDisposition } = this.#options;
    const header = useContentDisposition ? head?.contentDisposition : undefined;
    const responseName = header === undefined ? undefined : parseContentDisposition(header);
    return await this.#claim(item, template.pathOf({ item, responseName, sha256 }));
  }

  /**
   * Claims another path for a row, since another program has created a file at the first one.
   * @throws ExistingFileError, SkipError when the row has to keep to its name
   */
  async claimInstead(item: Item, { wanted, path, replaces }: ClaimedPath): Promise<ClaimedPath> {
    const changed = replaces === 'changed' ? this.#options.existing.changedAt(path) : undefined;
    if (changed !== undefined) throw changed;
    const claimed = await this.#claimUnblocked(item, wanted, this.#nextPath(wanted));
    this.release(path);
    return claimed;
  }

  release(path: string): void {
    this.#options.registry.release(path);
  }

  /** The full path of a claimed one, in a directory that exists by then. @throws BlockedPathError */
  destinationOf({ path, replaces }: ClaimedPath): Destination | Promise<Destination> {
    const full = this.#root + (sep === '/' ? path : path.replaceAll('/', sep));
    const destination = { path: full, replaces };
    const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const made = this.#options.directories.ensure(directory);
    return made === undefined ? destination : made.then(() => destination);
  }

  #claim(item: Item, wanted: string): ClaimedPath | Promise<ClaimedPath> {
    const { registry, existing } = this.#options;
    if (existing.mayBlock(item)) return this.#claimBesideExisting(item, wanted);
    const path = registry.claim(wanted);
    return { wanted: path, path, replaces: existing.replaceableByDefault };
  }

  async #claimBesideExisting(item: Item, wanted: string): Promise<ClaimedPath> {
    const { registry } = this.#options;
    const placed = await this.#placeBesideExisting(wanted);
    return await this.#claimUnblocked(item, placed, registry.claim(placed));
  }

  /** As {@link NameRegistry.placeOf}, for files and directories that earlier runs have left. */
  async #placeBesideExisting(wanted: string): Promise<string> {
    const { registry, existing } = this.#options;
    let path = wanted;
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      if (registry.hasDirectory(directory)) continue;
      const stats = await existing.statsAt(directory);
      if (stats === undefined) return path;
      if (!stats.isFile()) continue;
      registry.noteFile(directory);
      path = registry.placeOf(path);
    }
    // In the run's own directory, a directory is more likely to be the user's.
    const isWithin = path.includes('/') && !registry.hasDirectory(path);
    if (isWithin && (await existing.statsAt(path))?.isDirectory()) registry.noteDirectory(path);
    return registry.placeOf(path);
  }

  async #claimUnblocked(item: Item, wanted: string, claimed: string): Promise<ClaimedPath> {
    let path = claimed;
    try {
      for (;;) {
        const replaces = await this.#options.existing.replaceableAt(item, path);
        if (replaces !== undefined) return { wanted, path, replaces };
        const next = this.#nextPath(wanted);
        this.release(path);
        path = next;
      }
    } catch (error) {
      this.release(path);
      throw error;
    }
  }

  /** @throws ExistingFileError, SkipError */
  #nextPath(wanted: string): string {
    return this.#options.registry.claimInstead(wanted, (taken) => new ExistingFileError(taken));
  }
}

/** The final name of one row's file. */
export class FinalName {
  readonly #names: FinalNames;
  readonly #item: Item;
  /** Whether the name depends on the response. */
  readonly #isLate: boolean;
  #claimed: ClaimedPath | undefined;

  /** @param claimed undefined when the name depends on the response */
  constructor(names: FinalNames, item: Item, claimed?: ClaimedPath) {
    this.#names = names;
    this.#item = item;
    this.#isLate = claimed === undefined;
    this.#claimed = claimed;
  }

  /** Whether the name is made of the file's SHA-256. */
  get needsDigest(): boolean {
    return this.#names.needsDigest;
  }

  /** Relative to the run's directory; undefined while it depends on the response. */
  get path(): string | undefined {
    return this.#claimed?.path;
  }

  /**
   * Where the file goes. By then its directory exists, and no other row has the name.
   * @param sha256 in hex; only if it {@link needsDigest}
   * @throws NameCollisionError, ExistingFileError, SkipError, BlockedPathError; the file system's errors
   */
  destination(
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Destination | Promise<Destination> {
    if (this.#isLate || this.#claimed === undefined) return this.#destinationLate(head, sha256);
    return this.#names.destinationOf(this.#claimed);
  }

  /**
   * Where the file goes instead, since another program has created a file at the {@link destination}.
   * @throws as {@link destination}
   */
  async otherDestination(): Promise<Destination> {
    if (this.#claimed === undefined) throw new Error('destination() comes first');
    this.#claimed = await this.#names.claimInstead(this.#item, this.#claimed);
    return await this.#names.destinationOf(this.#claimed);
  }

  /** Frees the name for another row: there will be no file. */
  release(): void {
    if (this.#claimed !== undefined) this.#names.release(this.#claimed.path);
    this.#claimed = undefined;
  }

  async #destinationLate(
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Promise<Destination> {
    // An earlier commit may have failed: the file has changed since, and its name may have, too.
    this.release();
    this.#claimed = await this.#names.claimLate(this.#item, head, sha256);
    return await this.#names.destinationOf(this.#claimed);
  }
}
