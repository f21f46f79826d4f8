import { join, sep } from 'node:path';
import type { Item } from '../../model/item.ts';
import type { ResponseHead } from '../../model/response.ts';
import type { Directories } from '../files/directories.ts';
import type { Destination, Replaceable } from '../files/publish.ts';
import { parseContentDisposition } from './content-disposition.ts';
import { type Existing, ExistingFileError } from './existing-files.ts';
import type { NameRegistry } from './name-registry.ts';
import { type NamingOptions, plannedPath } from './name-template.ts';

/** What {@link FinalNames} are made with. */
export interface FinalNamesOptions extends NamingOptions {
  readonly registry: NameRegistry;
  readonly existing: Existing;
  readonly directories: Pick<Directories, 'ensure'>;
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
    const changed =
      replaces === 'changed' ? await this.#options.existing.changedAt(path) : undefined;
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
