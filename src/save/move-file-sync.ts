import { constants, copyFileSync, renameSync, rmSync } from 'node:fs';

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
    renameSync(beside, to);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  rmSync(from);
}
