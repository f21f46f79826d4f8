import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { RunSettings } from '../download-options.ts';
import { safeLine } from '../model/safe-text.ts';
import { SHARD_FILE } from '../save/shards/shard-file.ts';
import { sinkPlace } from '../save/sinks/open-sink.ts';
import { listFiles } from '../source/list-files.ts';
import type { GetOptions } from './options/get-options.ts';
import { UsageError } from './options/values.ts';

/**
 * Makes sure that no run takes the tables of its own shards for lists: the next run would read them, and a
 * long one its own.
 * @throws UsageError when a directory of lists is that of the shards, or has one of their tables among its lists
 */
export async function checkListsApart(
  { input = [], format }: Pick<GetOptions, 'input' | 'format'>,
  { sink }: Pick<RunSettings, 'sink'>,
): Promise<void> {
  const { directory } = typeof sink === 'string' ? sinkPlace(sink) : {};
  const place = directory && (await realOf(directory));
  if (!place) return;
  const advice = `save into a directory of their own, such as --sink tar:${safeLine(directory)}/shards`;
  for (const path of input) {
    if (path === '-') continue;
    const real = await realOf(path);
    if (real === place) {
      throw new UsageError(
        `--input ${safeLine(path)} and --sink are the same directory, and tables of shards would be read as lists: ${advice}`,
      );
    }
    for (const file of await listFiles(path, { format })) {
      // A list that the user has named is read on purpose.
      if (file === path || !SHARD_FILE.test(basename(file))) continue;
      if ((await realOf(dirname(file))) !== place) continue;
      throw new UsageError(
        `--input ${safeLine(path)} has ${safeLine(file)}, the table of a shard, among its lists: name the lists otherwise, or ${advice}`,
      );
    }
  }
}

async function realOf(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}
