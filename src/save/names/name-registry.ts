import { NameCollisionError } from '../../model/file-errors.ts';
import type { Reasoned } from '../../model/reason.ts';
import { pathIn } from '../../storage/open-storage.ts';
import { NameSet } from './name-set.ts';
import { foldCase, numberedName } from './naming.ts';

/** What to do with a row whose name is taken. */
export const ON_COLLISION = ['fail', 'rename', 'overwrite', 'skip'] as const;
export type OnCollision = (typeof ON_COLLISION)[number];

/** The row is skipped: its name is taken, and skipping was asked for in that case. Not a failure. */
export class SkipError extends Error implements Reasoned {
  override readonly name = 'SkipError';
  readonly reason = 'name-skipped';
  readonly path: string;

  constructor(path: string) {
    super(`${path} is there already`);
    this.path = path;
  }
}

/** The name in a directory of the file that would have the directory's name. */
const INDEX = 'index@.html';

/** Options of {@link NameRegistry}. */
export interface NameRegistryOptions {
  /**
   * Where the files are, for messages only.
   * @default none
   */
  readonly directory?: string | undefined;
  /** @default 'fail' */
  readonly onCollision?: OnCollision | undefined;
  /**
   * Whether names that differ only in case are the same.
   * @default false
   */
  readonly foldsCase?: boolean | undefined;
}

/**
 * The names that the rows of a run have taken. It does not touch the disk, so a dry run can use it.
 * Memory: see {@link NameSet}.
 */
export class NameRegistry {
  readonly #directory: string;
  readonly #onCollision: OnCollision;
  readonly #foldsCase: boolean;
  readonly #key: (path: string) => string;
  readonly #files = new NameSet();
  /** The directories of those files. They stay, even when no file is left in them. */
  readonly #directories = new NameSet();
  /** The files from before the run that are where a directory should be: few. */
  readonly #blocked = new Set<string>();
  /** For a name that was taken: the number to try next. A million rows of one name stay fast. */
  readonly #numbers = new Map<string, number>();

  constructor({
    directory = '',
    onCollision = 'fail',
    foldsCase = false,
  }: NameRegistryOptions = {}) {
    this.#directory = directory;
    this.#onCollision = onCollision;
    this.#foldsCase = foldsCase;
    this.#key = foldsCase ? foldCase : (path) => path;
  }

  /**
   * The path for a row's file where a file and a directory would have the same name, as those of `/blog`
   * and `/blog/post.html` with `--tree`. Whichever comes second moves: the file into the directory, as
   * `blog/index@.html`, or the directory to `blog@/`. No name that `--tree` makes of another URL is one of
   * these.
   * @param path relative and safe
   */
  placeOf(path: string): string {
    const placed = this.#inDirectory(path);
    return this.#directories.has(this.#key(placed)) ? `${placed}/${INDEX}` : placed;
  }

  /** Whether a file of this run is, or will be, in the directory. */
  hasDirectory(path: string): boolean {
    return this.#directories.has(this.#key(path));
  }

  /** Notes what the run found on the disk: a file has a name that a directory cannot have then. */
  noteFile(path: string): void {
    this.#blocked.add(this.#key(path));
  }

  /** Notes a directory that the run found on the disk. */
  noteDirectory(path: string): void {
    this.#directories.add(this.#key(path));
  }

  /**
   * Takes a path for a row: its {@link placeOf}, or another one where `onCollision` says so.
   * @param path relative and safe
   * @throws NameCollisionError, SkipError when it is taken
   */
  claim(path: string): string {
    const placed = this.placeOf(path);
    if (this.#files.add(this.#key(placed)) || this.#onCollision === 'overwrite') return placed;
    return this.claimInstead(placed, (taken) => new NameCollisionError(taken, this.#foldsCase));
  }

  /**
   * Takes another path for a row whose own turned out to be taken.
   * @param failure makes the error for a row that has to keep to its name
   * @throws that error; SkipError
   */
  claimInstead(path: string, failure: (path: string) => Error): string {
    if (this.#onCollision === 'skip') throw new SkipError(pathIn(this.#directory, path));
    if (this.#onCollision !== 'rename') throw failure(pathIn(this.#directory, path));
    const start = path.lastIndexOf('/') + 1;
    const key = this.#key(path);
    for (let number = this.#numbers.get(key) ?? 1; ; number++) {
      const other = path.slice(0, start) + numberedName(path.slice(start), number);
      const otherKey = this.#key(other);
      if (this.#directories.has(otherKey) || !this.#files.add(otherKey)) continue;
      this.#numbers.set(key, number + 1);
      return other;
    }
  }

  /** Gives back a path from {@link claim} that no file will have. */
  release(path: string): void {
    this.#files.delete(this.#key(path));
  }

  #inDirectory(path: string): string {
    const end = path.lastIndexOf('/');
    if (end < 0 || this.hasDirectory(path.slice(0, end))) return path;
    let directory = '';
    for (const segment of path.slice(0, end).split('/')) {
      let name = segment;
      while (this.#isFile(directory + name)) name += '@';
      directory += name;
      this.noteDirectory(directory);
      directory += '/';
    }
    return directory + path.slice(end + 1);
  }

  #isFile(path: string): boolean {
    const key = this.#key(path);
    return this.#files.has(key) || this.#blocked.has(key);
  }
}
