import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface FileCount {
  readonly files: number;
  readonly bytes: number;
}

/** Counts the files in and below a directory. Skips directories with a leading dot, such as the ledger's. */
export async function countFiles(directory: string): Promise<FileCount> {
  let [files, bytes] = [0, 0];
  for await (const entry of await opendir(directory)) {
    const found = await countEntry(entry);
    files += found.files;
    bytes += found.bytes;
  }
  return { files, bytes };
}

async function countEntry(entry: Dirent): Promise<FileCount> {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isDirectory()) return { files: 1, bytes: (await stat(path)).size };
  return entry.name.startsWith('.') ? { files: 0, bytes: 0 } : countFiles(path);
}
