import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FLAG = fileURLToPath(new URL('../../assets/flags/br.gif', import.meta.url));

/** A list with one flag of a test server in all rows, each under another URL. */
export function flagUrls(base: string, rows: number): string {
  return Array.from({ length: rows }, (_, row) => `${base}/br/br.gif?${row}\n`).join('');
}

/** The bytes of the flag in {@link flagUrls}. */
export async function flagBytes(): Promise<number> {
  return (await stat(FLAG)).size;
}
