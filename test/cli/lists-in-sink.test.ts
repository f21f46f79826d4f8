import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkListsApart } from '../../src/cli/lists-in-sink.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('checkListsApart: a directory of lists is not that of the shards', async (t) => {
  const directory = await temporaryDirectory(t);
  const lists = join(directory, 'lists');
  const shards = join(lists, 'shards');
  await mkdir(shards, { recursive: true });
  await symlink(lists, join(directory, 'link'));
  await writeFile(join(lists, 'a.parquet'), '');
  const check = (input: string, sink: string | undefined) =>
    checkListsApart({ input: [input], format: undefined }, { sink });
  const message = /are the same directory, .*: save into .* --sink tar:.*\/shards$/;
  for (const same of [lists, `${lists}/`, join(directory, 'link')]) {
    await assert.rejects(check(same, `tar:${lists}`), { name: 'UsageError', message });
  }
  const pattern = join(lists, '**/*.parquet');
  await check(pattern, `tar:${shards}`);
  await writeFile(join(shards, '00000.parquet'), '');
  const matches = /00000\.parquet, the table of a shard, among its lists/;
  await assert.rejects(check(pattern, `tar:${shards}`), { message: matches });
  const partition = join(lists, 'kind=shards');
  await mkdir(partition);
  await writeFile(join(partition, '00000.parquet'), '');
  await assert.rejects(check(lists, `tar:${partition}`), { message: matches });
  for (const [input, sink] of [
    [lists, `tar:${shards}`],
    [lists, `tar:${join(directory, 'new')}`],
    [lists, 'tar:s3://bucket/dogs'],
    [lists, undefined],
    [join(lists, 'a.parquet'), `tar:${lists}`],
    // To download again what the table of a shard names is no mistake.
    [shards, `tar:${join(directory, 'new')}`],
    ['-', `tar:${lists}`],
  ] as const) {
    await check(input, sink);
  }
});
