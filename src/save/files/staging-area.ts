import { isAbsolute, join, relative, sep } from 'node:path';
import type { Item } from '../../model/item.ts';
import { Directories } from './directories.ts';
import { Parts } from './parts.ts';
import { hiddenTemporaryName, type StagingFile, TemporaryFile } from './staging-file.ts';

/** How the files of a sink are saved. */
export interface SavingOptions {
  /** Whether every file's SHA-256 is reported. */
  readonly digest: boolean;
  /** Whether a file is synced to the disk before it gets its name. */
  readonly durable: boolean;
  /** Whether a file gets the time of its last change on the server, and not that of its download. */
  readonly fileTimes: boolean;
}

/** Where the files of one sink are until they get their final names. */
export class StagingArea {
  readonly options: SavingOptions;
  readonly #directory: string;
  readonly #parts: Parts | undefined;

  /** @param directory of the run; temporary files are hidden ones in it when there are no `parts` */
  constructor(directory: string, parts: Parts | undefined, options: SavingOptions) {
    this.options = options;
    this.#directory = directory;
    this.#parts = parts;
  }

  /**
   * Prepares the directory that parts are kept in, if there is one.
   * @param parts its path; undefined when parts are not kept
   * @throws the file system's errors; BlockedPathError
   */
  static async open(
    directory: string,
    parts: string | undefined,
    options: SavingOptions,
  ): Promise<StagingArea> {
    if (parts === undefined) return new StagingArea(directory, undefined, options);
    const below = relative(directory, parts).split(sep);
    // Within the directory no link may lead the parts elsewhere; outside it is up to the caller.
    if (below[0] !== '..' && !isAbsolute(below.join(sep))) {
      await new Directories(directory).ensure(below.join('/'));
    }
    return new StagingArea(directory, await Parts.open(parts), options);
  }

  /**
   * A new path for a temporary file. It is never in a directory below the run's, since those are created
   * only for complete files.
   */
  temporaryPath(): string {
    return this.#parts?.temporaryPath() ?? join(this.#directory, hiddenTemporaryName());
  }

  /** A file for a body that has outgrown memory. */
  stagingFileFor(item: Item): StagingFile {
    return this.#parts?.create(item) ?? new TemporaryFile(this.temporaryPath());
  }

  /** What an earlier run left of this file, if anything. */
  find(item: Item): Promise<StagingFile> | undefined {
    return this.#parts?.find(item);
  }
}
