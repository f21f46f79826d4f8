import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import type { FileCount } from './count-files.ts';

/** Counts the files in the tar shards of a directory, without what is said about them (`KEY.json`). */
export async function countSamples(directory: string): Promise<FileCount> {
  let [files, bytes] = [0, 0];
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.tar')) continue;
    const members = createReadStream(join(directory, name), { highWaterMark: 2 ** 20 }).pipe(
      extract(),
    );
    for await (const member of members) {
      member.resume();
      if (member.header.name.endsWith('.json')) continue;
      files++;
      bytes += member.header.size ?? 0;
    }
  }
  return { files, bytes };
}
