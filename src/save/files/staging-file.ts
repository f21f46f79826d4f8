import { type FileHandle, open, unlink } from 'node:fs/promises';
import { errorCode } from '../../model/error-code.ts';
import type { Part, Validators } from '../../model/response.ts';

/** What is known of a file of which only a part is there. */
export interface PartFacts extends Validators {
  /** Of the whole file, in bytes, when it is known. */
  readonly length?: number | undefined;
}

/** Where a body that has outgrown memory is until it is whole. One draft has it at a time. */
export interface StagingFile {
  readonly path: string;
  /** What an earlier run left in it, to go on from. */
  readonly left: Part | undefined;
  /** Whether a later run will find it. */
  readonly lasting: boolean;
  /**
   * Opens it to write to.
   * @param offset how many of the bytes in it are good; 0 makes it anew
   */
  open(offset: number, facts: PartFacts): Promise<FileHandle>;
  /** Begins anew with an open one. */
  restart(file: FileHandle, facts: PartFacts): Promise<void>;
  /**
   * Tells a later run how many of its bytes are good, from the first one on, while there are others
   * beyond a gap; it is said before those are written. @param bytes undefined: all that are there
   */
  limit(bytes: number | undefined): Promise<void> | undefined;
  /** The draft has done with it: leaves what is in it to a later one. */
  keep(): void;
  /** The file has got its final name: clears what went with it. */
  moved(): Promise<void> | undefined;
  /** Removes it, whether it has been created or not. */
  remove(): Promise<void>;
}

/** A staging file that is of no use to anybody else. */
export class TemporaryFile implements StagingFile {
  readonly path: string;
  readonly left = undefined;
  readonly lasting = false;
  #isThere = false;

  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<FileHandle> {
    if (this.#isThere) await this.remove();
    // Never one that another program made, nor what a link of that name leads to.
    const file = await open(this.path, 'wx');
    this.#isThere = true;
    return file;
  }

  async restart(file: FileHandle): Promise<void> {
    await file.truncate(0);
  }

  limit(): undefined {}

  keep(): void {}

  moved(): undefined {}

  async remove(): Promise<void> {
    if (this.#isThere) await removeIfThere(this.path);
    this.#isThere = false;
  }
}

/** Removes a file; that there is none is as good. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    const code = errorCode(error);
    // ENOTDIR: a directory on the way is none any more; the file is gone with it.
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
}
