import { constants, copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { setFileTime } from './file-times.ts';
import { removeIfThere } from './scratch.ts';

/**
 * Gives a file its final name, in one step: whatever has that name is replaced, a link too, and not
 * followed. From one file system to another (a directory may be a mount point) it is copied beside
 * its final name first.
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await moveAcross(from, to);
  }
}

async function moveAcross(from: string, to: string): Promise<void> {
  const beside = `${to}.part`;
  try {
    await copyFile(from, beside, constants.COPYFILE_EXCL);
    await copyTime(from, beside);
    await rename(beside, to);
  } catch (error) {
    await removeIfThere(beside);
    throw error;
  }
  await rm(from);
}

async function copyTime(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await using file = await open(to, 'r+');
  await setFileTime(file, mtimeMs / 1000);
}
