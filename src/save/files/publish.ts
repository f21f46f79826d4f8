import { constants, copyFile, link, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';
import { type FileIdentity, isSameFile, statsOf } from './file-identity.ts';
import { removeIfThere } from './staging-file.ts';
import { hiddenTemporaryName } from './temporary-name.ts';

/**
 * What a file may take the place of: nothing, whatever has the name, or one file as it was seen to be.
 * `remains`: nothing either, but for what a killed run left; the contents tell whether it is that.
 */
export type Replaceable = 'nothing' | 'remains' | 'anything' | FileIdentity;

/** Where a file goes. */
export interface Destination {
  readonly path: string;
  readonly replaces: Replaceable;
}

/**
 * What `link` says where the file system has no hard links: exFAT, some network and FUSE file systems.
 * EISDIR is what libuv makes of Windows' ERROR_INVALID_FUNCTION.
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

/**
 * Gives a whole file its final name, in one step, so that a kill leaves the name to the whole file or
 * to what was there before. What the row does not own is never replaced: a new name is given by
 * `link`, which fails when the name is taken, also since a moment ago. Only where a file is to be
 * replaced it is `rename`, which asks for nothing; between a look at the file and its replacement
 * there are some microseconds in which another program could put a file there unseen.
 *
 * @param from on the same file system; from another it is copied first
 * @returns false when the name is taken; `from` is there still
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
    if (NO_LINKS.has(code)) return await claimAndRename(from, path);
    throw error;
  }
  await removeLink(from);
  return true;
}

/** The file has its name. Should the other one stay, it costs nothing, and the next run clears it away. */
async function removeLink(path: string): Promise<void> {
  await rm(path).catch(() => undefined);
}

/**
 * An empty file takes the name, which fails when it is taken, and is replaced. A kill in between leaves
 * the empty file.
 */
async function claimAndRename(from: string, path: string): Promise<boolean> {
  const claim = await claimName(path);
  if (claim === undefined) return false;
  try {
    if (!(await mayReplace(path, claim))) return false;
    await rename(from, path);
    return true;
  } catch (error) {
    if (await mayReplace(path, claim)) await removeIfThere(path);
    throw error;
  }
}

/** @returns undefined when the name is taken */
async function claimName(path: string): Promise<FileIdentity | undefined> {
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
