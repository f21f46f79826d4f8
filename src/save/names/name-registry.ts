import { join } from 'node:path';
import { NameCollisionError } from '../../model/failure.ts';
import { SkipError } from './collision-errors.ts';
import { NameSet } from './name-set.ts';
import { foldCase, numberedName } from './naming.ts';

/** What to do with a row whose name is taken. */
export const ON_COLLISION = ['fail', 'rename', 'overwrite', 'skip'] as const;
export type OnCollision = (typeof ON_COLLISION)[number];

/** Options of {@link NameRegistry}. */
export interface NameRegistryOptions {
  /** Where the files go: for messages only. */
  readonly directory?: string | undefined;
  /** Default: `fail`. */
  readonly onCollision?: OnCollision | undefined;
  /** Whether names that differ in case only are one. Default: no. */
  readonly foldsCase?: boolean | undefined;
}

/**
 * The names that the rows of one run have. Without a disk: it also says what a run would do.
 * Memory: see {@link NameSet}.
 */
export class NameRegistry {
  readonly #directory: string;
  readonly #onCollision: OnCollision;
  readonly #key: (path: string) => string;
  readonly #files = new NameSet();
  /** Of those files. They stay, also when no file is left in them. */
  readonly #directories = new NameSet();
  /** Of a name that was taken: the number to try next. A million rows of one name stay fast. */
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
   * Takes `path` for a row, or what it gets instead.
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
    return this.instead(path, (taken) => new NameCollisionError(taken));
  }

  /**
   * What a row gets whose name turned out to be taken.
   * @param failure what it gets when another name will not do
   * @throws that failure; SkipError
   */
  instead(path: string, failure: (path: string) => Error): string {
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

  /** Gives back a path that {@link claim} has given: there will be no file. */
  release(path: string): void {
    this.#files.delete(this.#key(path));
  }

  /** One name cannot be both a file's and a directory's. */
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
