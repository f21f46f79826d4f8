import { futimesSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { parseHttpDate } from '../model/http-date.ts';

/** What file systems and their tools agree on, in seconds since the epoch: the years 1970 to 9999. */
const LATEST = 253_402_300_799;

/**
 * The time of a file's last change, as its server tells it.
 * @param lastModified the header as it came
 * @returns seconds since the epoch; undefined when it is no date, or none that a file can have
 */
export function fileTimeOf(lastModified: string | undefined): number | undefined {
  const date = lastModified === undefined ? undefined : parseHttpDate(lastModified);
  if (date === undefined) return undefined;
  const seconds = Math.trunc(date / 1000);
  return seconds >= 0 && seconds <= LATEST ? seconds : undefined;
}

/**
 * Gives an open file its time, in seconds since the epoch. A file system that keeps no such times, as some
 * on networks and in user space do, leaves the file with its own: it is whole all the same.
 */
export async function setFileTime(file: FileHandle, seconds: number): Promise<void> {
  try {
    await file.utimes(Date.now() / 1000, seconds);
  } catch (error) {
    passOver(error);
  }
}

/** {@link setFileTime} for a thread that may wait. */
export function setFileTimeSync(file: number, seconds: number): void {
  try {
    futimesSync(file, Date.now() / 1000, seconds);
  } catch (error) {
    passOver(error);
  }
}

const UNSUPPORTED: ReadonlySet<unknown> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EINVAL']);

/** @throws `error` when it is about something else than times */
function passOver(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && UNSUPPORTED.has(error.code))) throw error;
}
