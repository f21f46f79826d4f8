import type { Stats } from 'node:fs';
import {
  constants,
  copyFile,
  type FileHandle,
  link,
  lstat,
  open,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, unlessMissing } from '../../model/error-code.ts';
import { hiddenTemporaryName, removeIfThere } from './staging-file.ts';

/**
 * What a file may replace: nothing, any file of the name, or one file in the state it was seen in. With
 * `leftover` it may replace what a killed run left, and with `changed` a file that was changed here only
 * if it has the same contents; until contents are compared both are nothing, too.
 */
export type Replaceable = 'nothing' | 'leftover' | 'changed' | 'anything' | FileIdentity;

/** Where a file goes. */
export interface Destination {
  readonly path: string;
  readonly replaces: Replaceable;
}

/**
 * The system call that gives a file its final name: `link` fails when the name is taken, `rename`
 * replaces. For `examine` the existing file has to be looked at first.
 */
export type NamingStep = 'link' | 'rename' | 'examine';

/**
 * The error codes of `link` on file systems without hard links: exFAT, some network and FUSE file
 * systems. EISDIR is what libuv makes of Windows' ERROR_INVALID_FUNCTION.
 */
const NO_LINKS: ReadonlySet<unknown> = new Set([
  'EPERM',
  'EACCES',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EMLINK',
  'EISDIR',
]);

/** How a file gets a name where it may replace what `replaces` says. */
export function namingStep(replaces: Replaceable): NamingStep {
  if (replaces === 'anything') return 'rename';
  return typeof replaces === 'string' ? 'link' : 'examine';
}

/**
 * Gives a complete file its final name in one step, so that after a kill the name belongs to the whole
 * file or to what was there before. A file that is not the row's is never replaced: a new name is given
 * by `link`, which fails when the name is taken, even if only just now. `rename` does not check, so it is
 * used only to replace a file; between examining that file and replacing it are some microseconds in
 * which another program's file at that name would be lost.
 *
 * @param from a file, copied first if it is on another file system
 * @returns false when the name is taken; `from` then remains
 * @throws the file system's errors
 */
export async function publish(from: string, destination: Destination): Promise<boolean> {
  try {
    return await giveName(from, destination);
  } catch (error) {
    // A directory below the run's may be a mount point.
    if (errorCode(error) !== 'EXDEV') throw error;
    return await publishCopy(from, destination);
  }
}

async function giveName(from: string, { path, replaces }: Destination): Promise<boolean> {
  if (!(await mayReplace(path, replaces))) return await giveNewName(from, path);
  await rename(from, path);
  return true;
}

async function mayReplace(path: string, replaces: Replaceable): Promise<boolean> {
  if (typeof replaces === 'string') return replaces === 'anything';
  const there = await statsOf(path);
  return there !== undefined && isSameFile(there, replaces);
}

async function giveNewName(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (NO_LINKS.has(code)) return await reserveAndRename(from, path);
    throw error;
  }
  await removeLink(from);
  return true;
}

/**
 * Gives a file a second name by a hard link.
 * @returns false when there is no file, or when the file system gives it no more names
 * @throws the file system's other errors
 */
export async function hasLinked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EXDEV' || NO_LINKS.has(code)) return false;
    throw error;
  }
}

/** Removes the temporary name. If that fails it does no harm, and the next run clears it away. */
async function removeLink(path: string): Promise<void> {
  await rm(path).catch(() => undefined);
}

/**
 * Without hard links: creates an empty file, which fails when the name is taken, and replaces it. A kill
 * in between leaves the empty file.
 */
async function reserveAndRename(from: string, path: string): Promise<boolean> {
  const reserved = await reserveName(path);
  if (reserved === undefined) return false;
  try {
    if (!(await mayReplace(path, reserved))) return false;
    await rename(from, path);
    return true;
  } catch (error) {
    if (await mayReplace(path, reserved)) await removeIfThere(path);
    throw error;
  }
}

/** @returns undefined when the name is taken */
async function reserveName(path: string): Promise<FileIdentity | undefined> {
  try {
    await using file = await open(path, 'wx');
    return await file.stat();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

async function publishCopy(from: string, destination: Destination): Promise<boolean> {
  const beside = join(dirname(destination.path), hiddenTemporaryName());
  await copyFile(from, beside, constants.COPYFILE_EXCL);
  let isDone = false;
  try {
    const { atime, mtime } = await stat(from);
    await utimes(beside, atime, mtime);
    isDone = await giveName(beside, destination);
  } finally {
    if (!isDone) await removeIfThere(beside);
  }
  if (isDone) await removeLink(from);
  return isDone;
}

/** Which file has a name, and in which state: a replacement differs, and so does the file once written to. */
type FileIdentity = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs' | 'mtimeMs' | 'nlink'>;

/** How a file compares to one of ours. */
export interface Comparison {
  /** `same` to the last byte, `empty`, the `beginning` of ours, or `other`. */
  readonly contents: 'same' | 'empty' | 'beginning' | 'other';
  readonly file: FileIdentity;
}

/** How many bytes are read and compared at a time. */
const CHUNK = 256 * 1024;

/** Does not follow a link, and does not wait for a pipe's writer. Windows has neither flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Whether two names were the same, unchanged file when they were looked up. A file with several names
 * (`dedupe`) gets another ctime when one of them is given to another file, too.
 */
function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  const hasNames = one.nlink > 1 || other.nlink > 1;
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    (hasNames ? one.mtimeMs === other.mtimeMs : one.ctimeMs === other.ctimeMs)
  );
}

/**
 * The stats of what has a name: of a link itself, not its target.
 * @returns undefined when nothing has the name
 * @throws the file system's errors
 */
export function statsOf(path: string): Promise<Stats | undefined> {
  return unlessMissing(lstat(path));
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
  if (file.size === 0 && size > 0) return { contents: 'empty', file };
  if (file.size > size || !(await haveSameBytes(mine, theirs, file.size))) {
    return { contents: 'other', file };
  }
  return { contents: file.size === size ? 'same' : 'beginning', file };
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
