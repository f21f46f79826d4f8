import { futimesSync } from 'node:fs';

/** `setFileTime` for a thread that may wait: an error costs the file nothing but its time, either. */
export function setFileTimeSync(file: number, seconds: number): void {
  try {
    futimesSync(file, Date.now() / 1000, seconds);
  } catch {
    // The file system keeps no such times.
  }
}
