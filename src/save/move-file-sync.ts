import {
  closeSync,
  constants,
  copyFileSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { setFileTimeSync } from './file-time-sync.ts';

/** `moveFile` for a thread that may wait: the same steps. @throws the file system's errors */
export function moveFileSync(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    moveAcross(from, to);
  }
}

function moveAcross(from: string, to: string): void {
  const beside = `${to}.part`;
  try {
    copyFileSync(from, beside, constants.COPYFILE_EXCL);
    copyTime(from, beside);
    renameSync(beside, to);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  rmSync(from);
}

function copyTime(from: string, to: string): void {
  const file = openSync(to, 'r+');
  try {
    setFileTimeSync(file, statSync(from).mtimeMs / 1000);
  } finally {
    closeSync(file);
  }
}
