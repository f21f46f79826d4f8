import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Draft } from './sink.ts';

/**
 * Bodies up to this many bytes are kept in memory and written in one go once they are whole; longer
 * ones are written as they come. Most files of a long list are smaller, and one write for a file is
 * cheaper than one for each piece; with 1,000 requests in flight it bounds what they hold to 64 MB.
 */
export const SMALL_BODY = 64 * 1024;

/** Tells apart the temporary names of one process; the process id tells apart those of several. */
let drafts = 0;

/**
 * A file that appears under its name only when it is whole: written under a temporary name beside
 * it, then renamed, which is atomic within one file system (POSIX `rename`).
 */
export class FileDraft implements Draft {
  readonly #path: string;
  readonly #temporary: string;
  /** Pieces that came and are not written yet. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** The temporary file, while a body that has outgrown memory is on its way. */
  #file: FileHandle | undefined;
  #writing: Promise<void> | undefined;
  /** Whether there is, or may be, a temporary file to remove. */
  #created = false;

  constructor(path: string) {
    drafts++;
    this.#path = path;
    this.#temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${drafts}.part`);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#held.push(chunk);
    this.#heldBytes += chunk.byteLength;
    // One write at a time: two at once could land in either order.
    if (this.#heldBytes > SMALL_BODY) this.#writing ??= this.#writeHeld();
    return this.#writing;
  }

  async commit(): Promise<string> {
    await this.#writing;
    if (this.#file === undefined) {
      this.#created = true;
      await writeFile(this.#temporary, this.#takeHeld(), { flag: 'wx' });
    } else {
      await this.#writeHeld();
      await this.#close();
    }
    await rename(this.#temporary, this.#path);
    return this.#path;
  }

  async discard(): Promise<void> {
    // Its failure is known: whoever wrote was given it.
    await Promise.allSettled([this.#writing]);
    await this.#close();
    if (this.#created) await removeIfThere(this.#temporary);
  }

  async #writeHeld(): Promise<void> {
    if (this.#file === undefined) {
      this.#created = true;
      this.#file = await open(this.#temporary, 'wx');
    }
    while (this.#held.length > 0) await this.#file.writeFile(this.#takeHeld());
    this.#writing = undefined;
  }

  /** The pieces not written yet, as one; from now on they are the caller's. */
  #takeHeld(): Uint8Array {
    const pieces = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    const [only] = pieces;
    return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    // A directory on the way that is none any more: then the file is gone with it.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTDIR')) throw error;
  }
}
