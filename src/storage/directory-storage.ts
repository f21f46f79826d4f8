import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, unlessMissing } from '../model/error-code.ts';
import { makeDirectories } from './make-directories.ts';
import type { CreateOptions, ObjectDraft, ObjectStorage, StoredObject } from './object-storage.ts';
import { NameTakenError } from './storage-error.ts';

/** Options of {@link DirectoryStorage}. */
export interface DirectoryStorageOptions {
  /**
   * Makes a path for a temporary file, on the same file system as the directory.
   * @default a hidden file beside that of the object
   */
  readonly temporaryPath?: (() => string) | undefined;
  /**
   * Whether an object, and its name, are on the disk once it is published.
   * @default false
   */
  readonly durable?: boolean | undefined;
}

/** The files below a directory. A temporary file becomes an object by `rename`, which is atomic. */
export class DirectoryStorage implements ObjectStorage {
  readonly location: string;
  readonly #options: DirectoryStorageOptions;

  /** @param directory is created with the first object */
  constructor(directory: string, options: DirectoryStorageOptions = {}) {
    this.location = directory;
    this.#options = options;
  }

  async create(name: string, { ifAbsent = false }: CreateOptions = {}): Promise<ObjectDraft> {
    const path = this.#pathOf(name);
    const { temporaryPath, durable = false } = this.#options;
    await makeDirectories(dirname(path));
    const temporary = temporaryPath?.() ?? join(dirname(path), hiddenName());
    // `wx` opens neither another program's file nor the target of a link.
    const file = await open(temporary, 'wx');
    const taken = ifAbsent ? () => new NameTakenError(name, this.location) : undefined;
    return new FileObject(file, { name, path, temporary, durable, taken });
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    const stats = await unlessMissing(stat(this.#pathOf(name)));
    return stats?.isFile() ? { name, bytes: stats.size } : undefined;
  }

  read(name: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.#pathOf(name));
  }

  async *list(prefix = ''): AsyncGenerator<StoredObject, void> {
    yield* this.#listFolder(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** @param folder ends in a slash, or is empty */
  async *#listFolder(folder: string, prefix: string): AsyncGenerator<StoredObject, void> {
    const entries = await unlessMissing(opendir(this.#pathOf(folder)));
    if (entries === undefined) return;
    for await (const entry of entries) {
      const name = folder + entry.name;
      // Hidden files are the run's own, or of tools.
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        const below = `${name}/`;
        if (below.startsWith(prefix) || prefix.startsWith(below))
          yield* this.#listFolder(below, prefix);
      } else if (entry.isFile() && name.startsWith(prefix)) {
        const found = await this.stat(name);
        if (found !== undefined) yield found;
      }
    }
  }

  #pathOf(name: string): string {
    if (name.split('/').includes('..')) throw new Error(`an object cannot be called ${name}`);
    return join(this.location, name);
  }
}

interface FileFacts {
  readonly name: string;
  readonly path: string;
  readonly temporary: string;
  readonly durable: boolean;
  /** The error when there is a file already; undefined when that is replaced. */
  readonly taken: (() => Error) | undefined;
}

class FileObject implements ObjectDraft {
  readonly #facts: FileFacts;
  #file: FileHandle | undefined;
  #bytes = 0;

  constructor(file: FileHandle, facts: FileFacts) {
    this.#file = file;
    this.#facts = facts;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#file === undefined) throw new Error(`${this.#facts.name} is not being written`);
    for (let done = 0; done < chunk.byteLength; ) {
      const { bytesWritten } = await this.#file.write(chunk, done, undefined, this.#bytes);
      done += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }

  async publish(): Promise<StoredObject> {
    const { name, path, temporary, durable, taken } = this.#facts;
    if (durable) await this.#file?.sync();
    await this.#close();
    if (taken === undefined) await rename(temporary, path);
    else if (await isMoved(temporary, path)) await rm(temporary, { force: true });
    else throw taken();
    if (durable) await syncFolder(dirname(path));
    return { name, bytes: this.#bytes };
  }

  async discard(): Promise<void> {
    await this.#close();
    await rm(this.#facts.temporary, { force: true });
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/** Gives a file its name, unless there is one of that name. @returns false when there is */
async function isMoved(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // Not every file system has hard links.
    if ((await unlessMissing(stat(to))) !== undefined) return false;
    await rename(from, to);
    return true;
  }
}

function hiddenName(): string {
  return `.flaghoist-${randomBytes(8).toString('hex')}-1.part`;
}

/** Some file systems cannot sync a directory; there the rename is as durable as it can be. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync().catch(() => undefined);
}
