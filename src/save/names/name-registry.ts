import { join } from 'node:path';
import { NameCollisionError } from '../../model/failure.ts';
import type { Reasoned } from '../../model/reason.ts';
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

/** Options of {@link NameRegistry}. */
export interface NameRegistryOptions {
  /**
   * The directory of the files, for messages only.
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
  readonly #key: (path: string) => string;
  readonly #files = new NameSet();
  /** The directories of those files. They stay, even when no file is left in them. */
  readonly #directories = new NameSet();
  /** For a name that was taken: the number to try next. A million rows of one name stay fast. */
  readonly #numbers = new Map<string, number>();

  constructor({
    directory = '',
    onCollision = 'fail',
    foldsCase = false,
  }: NameRegistryOptions = {}) {
    this.#directory = directory;
    this.#onCollision = onCollision;
    this.#key = foldsCase ? foldCase : (path) => path;
  }

  /**
   * Takes a path for a row: `path`, or another one where `onCollision` says so.
   * @param path relative and safe
   * @throws NameCollisionError, SkipError when it is taken
   */
  claim(path: string): string {
    const key = this.#key(path);
    this.#claimDirectories(key);
    if (!this.#directories.has(key)) {
      if (this.#files.add(key)) return path;
      if (this.#onCollision === 'overwrite') return path;
    }
    return this.claimInstead(path, (taken) => new NameCollisionError(taken));
  }

  /**
   * Takes another path for a row whose own turned out to be taken.
   * @param failure makes the error for a row that has to keep to its name
   * @throws that error; SkipError
   */
  claimInstead(path: string, failure: (path: string) => Error): string {
    if (this.#onCollision === 'skip') throw new SkipError(join(this.#directory, path));
    if (this.#onCollision !== 'rename') throw failure(join(this.#directory, path));
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

  /** A name cannot be both a file's and a directory's. */
  #claimDirectories(key: string): void {
    let end = key.lastIndexOf('/');
    while (end > 0) {
      const directory = key.slice(0, end);
      if (this.#directories.has(directory)) return;
      if (this.#files.has(directory)) {
        throw new NameCollisionError(join(this.#directory, directory));
      }
      this.#directories.add(directory);
      end = key.lastIndexOf('/', end - 1);
    }
  }
}
