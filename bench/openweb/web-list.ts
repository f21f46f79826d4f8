import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Block } from '../servers/tiny-urls.ts';
import type { ExpectedFile } from './arrivals.ts';
import { type ListSettings, type WebRow, webRows } from './list.ts';
import { FLAGS } from './open-web.ts';

const ROWS_IN_BLOCK = 1_000;

/** A list that has been written. */
export interface WebList {
  /** Path of the list, a URL on each line. */
  readonly path: string;
  readonly urls: readonly string[];
  /** The files of good hosts. */
  readonly expected: readonly ExpectedFile[];
}

/** Writes the list of a web. @param directory is made if it does not exist */
export async function writeWebList(
  directory: string,
  settings: Omit<ListSettings, 'flags'>,
): Promise<WebList> {
  const sizes = await flagSizes();
  const rows = [...webRows({ ...settings, flags: [...sizes.keys()] })];
  const path = join(directory, 'urls.txt');
  await mkdir(directory, { recursive: true });
  await pipeline(
    rows.values().map(({ url }) => `${url}\n`),
    createWriteStream(path),
  );
  return {
    path,
    urls: rows.map(({ url }) => url),
    expected: rows.flatMap((row) => fileOf(row, sizes)),
  };
}

/** The list in blocks, for a program's stdin. */
export function* urlBlocks(urls: readonly string[]): Generator<Block> {
  for (let begin = 0; begin < urls.length; begin += ROWS_IN_BLOCK) {
    const block = urls.slice(begin, begin + ROWS_IN_BLOCK);
    yield { rows: block.length, lines: `${block.join('\n')}\n` };
  }
}

function fileOf({ name, flag }: WebRow, sizes: ReadonlyMap<string, number>): ExpectedFile[] {
  const bytes = flag === undefined ? undefined : sizes.get(flag);
  return bytes === undefined ? [] : [{ name, bytes }];
}

/** The bytes of each flag, by name. */
async function flagSizes(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const file of (await readdir(FLAGS)).toSorted()) {
    const [, flag] = /^(..)\.gif$/.exec(file) ?? [];
    if (flag !== undefined) sizes.set(flag, (await stat(join(FLAGS, file))).size);
  }
  return sizes;
}
