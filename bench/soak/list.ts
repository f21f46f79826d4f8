import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Path of a row's file on the server, and with `--tree` below the host's directory. */
export function pathOf(row: number): string {
  return `/bytes/${sizeOf(row)}/${row}.bin`;
}

/** 100 to 2,000 bytes. One row in a thousand is too long to be kept in memory. */
function sizeOf(row: number): number {
  return row % 1_000 === 500 ? 150_000 : 100 + ((row * 7_919) % 1_900);
}

/** Writes a list of `rows` URLs. */
export async function writeList(file: string, base: string, rows: number): Promise<void> {
  const lines = Iterator.from(numbers(rows)).map((row) => `${base}${pathOf(row)}\n`);
  await pipeline(Readable.from(lines), createWriteStream(file));
}

export function* numbers(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}
