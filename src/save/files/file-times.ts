import { futimesSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { parseHttpDate } from '../../model/http-date.ts';

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
