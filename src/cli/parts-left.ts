import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../model/error-code.ts';

/** What earlier runs left of files that are not whole yet. */
export async function partsLeft(directory: string): Promise<{ count: number; bytes: number }> {
  const folder = join(directory, '.flaghoist', 'parts');
  let count = 0;
  let bytes = 0;
  for (const name of await namesIn(folder)) {
    if (!name.endsWith('.part')) continue;
    const size = await sizeOf(join(folder, name));
    if (size === undefined) continue;
    count++;
    bytes += size;
  }
  return { count, bytes };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @returns undefined for one that has become whole, or was removed, meanwhile */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
