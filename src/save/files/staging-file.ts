import { randomBytes } from 'node:crypto';
import { futimesSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { isMissing } from '../../model/error-code.ts';
import { parseHttpDate } from '../../model/http-date.ts';
import type { Part, Validators } from '../../model/response.ts';

/** What is known of a file of which only a part has been saved. */
export interface PartFacts extends Validators {
  /** The length of the whole file in bytes, if known. */
  readonly length?: number | undefined;
}

/** The file that holds a body which has outgrown memory until it is complete. One draft uses it at a time. */
export interface StagingFile {
  readonly path: string;
  /** What an earlier run left in it. */
  readonly left: Part | undefined;
  /** Whether a later run will find it. */
  readonly lasting: boolean;
  /**
   * Opens it for writing.
   * @param offset how many of its bytes are kept; 0 creates it anew
   */
  open(offset: number, facts: PartFacts): Promise<FileHandle>;
  /** Empties it while it is open, for another version of the file. */
  restart(file: FileHandle, facts: PartFacts): Promise<void>;
  /**
   * Records for a later run how many bytes from the start are good. Called before bytes are written
   * beyond a gap.
   * @param bytes undefined when all of them are good
   */
  limit(bytes: number | undefined): Promise<void> | undefined;
  /** Leaves it to a later draft. */
  keep(): void;
  /** Clears up beside it, after it has got its final name. */
  moved(): Promise<void> | undefined;
  /** Removes it, whether or not it has been created. */
  remove(): Promise<void>;
}

/** A staging file that a later run has no use for. */
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
    // `wx` opens neither another program's file nor the target of a link.
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

/** Removes a file, if it exists. @throws the file system's other errors */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Tells this process from all others. In 8 bytes, so that it cannot be guessed or hit by chance. */
const PROCESS_KEY = randomBytes(8).toString('hex');

let names = 0;

/** A file name that no other file has: 16 hex digits, `-` and a number. */
export function temporaryName(): string {
  names++;
  return `${PROCESS_KEY}-${names}`;
}

/** Matches what {@link temporaryName} returns, and returned in earlier versions (with the process id). */
export const TEMPORARY_NAME = /^[0-9a-f]+-\d+$/;

/** A unique name for a temporary file among the user's files: hidden, and recognizable as ours. */
export function hiddenTemporaryName(): string {
  return `.flaghoist-${temporaryName()}.part`;
}

/** The latest time that file systems and their tools agree on, in seconds since the epoch: the year 9999. */
const LATEST = 253_402_300_799;

/**
 * The time of a file's last change as its server states it.
 * @param lastModified the header as received
 * @returns seconds since the epoch; undefined for an invalid date, or one that no file can have
 */
export function fileTimeOf(lastModified: string | undefined): number | undefined {
  const date = lastModified === undefined ? undefined : parseHttpDate(lastModified);
  if (date === undefined) return undefined;
  const seconds = Math.trunc(date / 1000);
  return seconds >= 0 && seconds <= LATEST ? seconds : undefined;
}

/** A file, open or by its path. */
type Timed = Pick<FileHandle, 'utimes'>;

/**
 * Sets a file's modification time, in seconds since the epoch. It never fails: some file systems (on
 * networks, in user space) store no such times, and an error of the disk is reported by the next step.
 */
export async function setFileTime(file: Timed, seconds: number): Promise<void> {
  await file.utimes(Date.now() / 1000, seconds).catch(() => undefined);
}

/** {@link setFileTime} for a thread that may block. @param file its descriptor */
export function setFileTimeSync(file: number, seconds: number): void {
  try {
    futimesSync(file, Date.now() / 1000, seconds);
  } catch {
    // As above.
  }
}
