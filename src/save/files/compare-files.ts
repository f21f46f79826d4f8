/** Whether two files are the same, by their identity or by their contents. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { errorCode } from '../../model/error-code.ts';

/** Which file has a name, and in which state: a replacement differs, and so does the file once written to. */
export type FileIdentity = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs'>;

/** How a file compares to one of ours. */
export interface Comparison {
  /** `same` to the last byte, `empty`, or `other`. */
  readonly contents: 'same' | 'empty' | 'other';
  readonly file: FileIdentity;
}

/** How many bytes are read and compared at a time. */
const CHUNK = 256 * 1024;

/** Does not follow a link, and does not wait for a pipe's writer. Windows has neither flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Whether two names were the same, unchanged file when they were looked up. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.ctimeMs === other.ctimeMs
  );
}

/**
 * The stats of what has a name: of a link itself, not its target.
 * @returns undefined when nothing has the name
 * @throws the file system's errors
 */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = errorCode(error);
    // ENOTDIR: a file is where a directory should be; creating the directory will report it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * Compares the file at `path` with one of ours.
 * @returns undefined when it is not an ordinary file or cannot be read
 * @throws the file system's errors about our own file
 */
export async function compareContents(ours: string, path: string): Promise<Comparison | undefined> {
  await using mine = await open(ours, READ);
  const theirs = await openReadable(path);
  if (theirs === undefined) return undefined;
  await using _ = theirs;
  const file = await theirs.stat();
  if (!file.isFile()) return undefined;
  const { size } = await mine.stat();
  if (file.size === size && (await haveSameBytes(mine, theirs, size))) {
    return { contents: 'same', file };
  }
  return { contents: file.size === 0 ? 'empty' : 'other', file };
}

async function openReadable(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, READ);
  } catch {
    // A link, an unreadable file, or one that has been removed since.
    return undefined;
  }
}

async function haveSameBytes(one: FileHandle, other: FileHandle, size: number): Promise<boolean> {
  const [mine, theirs] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  for (let at = 0; at < size; at += CHUNK) {
    const length = Math.min(CHUNK, size - at);
    const [first, second] = await Promise.all([
      readAll(one, mine.subarray(0, length), at),
      readAll(other, theirs.subarray(0, length), at),
    ]);
    if (!first.equals(second)) return false;
  }
  return true;
}

/** Fills `buffer` from `position` on, as far as the file goes. */
async function readAll(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const left = buffer.length - filled;
    const { bytesRead } = await file.read(buffer, filled, left, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
