import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FLAG = fileURLToPath(new URL('../../assets/flags/br.gif', import.meta.url));

/** A list of one flag of a test server, asked for under another URL each time; a line for each. */
export function flagUrls(base: string, rows: number): string {
  return Array.from({ length: rows }, (_, row) => `${base}/br/br.gif?${row}\n`).join('');
}

/** Bytes of that flag. */
export async function flagBytes(): Promise<number> {
  return (await stat(FLAG)).size;
}
