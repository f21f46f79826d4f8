import type { FileHandle } from 'node:fs/promises';
import { parseHttpDate } from '../../model/http-date.ts';

/** What file systems and their tools agree on, in seconds since the epoch: the years 1970 to 9999. */
const LATEST = 253_402_300_799;

/**
 * The time of a file's last change, as its server tells it.
 * @param lastModified the header as it came
 * @returns seconds since the epoch; undefined for what is no date, or a date that no file can have
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
 * Gives a file its time, in seconds since the epoch. It stays whole where that is not possible, as on file
 * systems that keep no such times (some on networks and in user space): an error here says nothing of its
 * content, and what is wrong with the disk is said by the next step.
 */
export async function setFileTime(file: Timed, seconds: number): Promise<void> {
  await file.utimes(Date.now() / 1000, seconds).catch(() => undefined);
}
