import { statfs } from 'node:fs/promises';

/** Memory for a file of one byte in memory-backed storage: its page, its inode and its name. */
export const TINY_FILE_BYTES = 6_000;

/** @throws Error if the file system of `directory` has fewer bytes left */
export async function requireRoom(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const gigabytes = (size: number) => `${(size / 1e9).toFixed(1)} GB`;
  if (bavail * bsize >= bytes) return;
  throw new Error(`needs ${gigabytes(bytes)}, and ${gigabytes(bavail * bsize)} are left`);
}
