import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type ListOptions, readList } from '../../../src/source/read-list.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { plain } from '../list-of.ts';

type WriteOptions = Parameters<typeof parquetWriteBuffer>[0];

/** The bytes of a Parquet file. */
export function parquetOf(
  columnData: WriteOptions['columnData'],
  options: Omit<WriteOptions, 'columnData'> = {},
): Buffer {
  return Buffer.from(parquetWriteBuffer({ columnData, ...options }));
}

/** A file of the test's own. */
export async function fileOf(t: TestContext, name: string, content: Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(t), name);
  await writeFile(path, content);
  return path;
}

/** The rows of a list. A bad row is its message, without the directory. */
export async function rowsIn(path: string, options: Partial<ListOptions> = {}): Promise<unknown[]> {
  const rows = await Array.fromAsync(readList({ path, ...options }));
  return rows.map((row) => {
    const shown = plain(row);
    return typeof shown === 'string' ? shown.replace(`${dirname(path)}/`, '') : shown;
  });
}
