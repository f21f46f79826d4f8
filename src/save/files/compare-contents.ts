import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FileIdentity } from './file-identity.ts';

/** Bytes that are read and compared at a time. */
const CHUNK = 256 * 1024;

/** A link is not followed, and a pipe is not waited for. Windows has neither flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file that has a name, beside the one that was to have it. */
export interface Compared {
  /** `same` as the other's to the last byte; `none` for an empty file. */
  readonly contents: 'same' | 'none' | 'other';
  readonly file: FileIdentity;
}

/**
 * Holds what stands at `path` against a file of ours.
 * @returns undefined for what is no ordinary file, or cannot be read: then nothing is known of it
 * @throws the file system's errors about our own file
 */
export async function compareContents(ours: string, path: string): Promise<Compared | undefined> {
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
  return { contents: file.size === 0 ? 'none' : 'other', file };
}

async function openReadable(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, READ);
  } catch {
    // A link, a file that we may not read, or one that has gone since.
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
    const { bytesRead } = await file.read(
      buffer,
      filled,
      buffer.length - filled,
      position + filled,
    );
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
