import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The number of real flags. */
export const FLAG_COUNT = 194;

const MEDIAN_BYTES = 10_000;
/** The shape of the log-logistic distribution, which makes the mean 12 kB. */
const SHAPE = 0.33;

/** Bytes of the flag with this number, from 0: always the same, from 1.4 kB to 71 kB, as real flags. */
export function flagSize(flag: number): number {
  // A permutation, so that sizes do not grow along the list: 89 and 194 are coprime.
  const rank = (flag * 89) % FLAG_COUNT;
  const share = (rank + 0.5) / FLAG_COUNT;
  return Math.round(MEDIAN_BYTES * (share / (1 - share)) ** SHAPE);
}

/** The flag's name on the server, without its directory. */
function flagName(flag: number): string {
  return `${String(flag).padStart(3, '0')}.gif`;
}

/** Path of a row's URL. The flags come in turn, each time under another name. */
export function flagPath(row: number): string {
  const flag = String(row % FLAG_COUNT).padStart(3, '0');
  return `/flags/${flag}-${String(row).padStart(7, '0')}.gif`;
}

/** Bytes of the first `rows` rows together. */
export function totalSize(rows: number): number {
  let bytes = 0;
  for (let row = 0; row < rows; row++) bytes += flagSize(row % FLAG_COUNT);
  return bytes;
}

/** Makes a directory with the flags. Their content is noise, always the same. */
export async function writeFlags(directory: string): Promise<void> {
  await mkdir(directory);
  for (let flag = 0; flag < FLAG_COUNT; flag++) {
    const noise = createHash('shake256', { outputLength: flagSize(flag) });
    await writeFile(join(directory, flagName(flag)), noise.update(flagName(flag)).digest());
  }
}
