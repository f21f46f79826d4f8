// Slow: starts PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseAwayError } from '../../src/fleet/database-errors.ts';
import { ShardQueue } from '../../src/fleet/jobs.ts';
import { openDatabase } from '../../src/fleet/open-database.ts';
import { openForFile, skip, startPostgres } from '../support/postgres.ts';
import { SilentProxy } from '../support/silent-proxy.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const postgres = openForFile(startPostgres);

test('ShardQueue: a sign of life on a connection that has gone silent is given on another one', {
  skip,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  await using proxy = await SilentProxy.start(postgres().url, directory);
  await using database = await openDatabase(proxy.url);
  await using queue = await ShardQueue.open(database, 1);
  await queue.create();
  await database.transaction((tx) => queue.insert([{ shard: 0, rows: 1, origins: 7 }], tx));
  const claim = await queue.claim();
  assert.ok(claim !== undefined);
  assert.equal(await queue.touch(claim, 1_000), true);
  proxy.isSilent = true;
  await assert.rejects(queue.touch(claim, 100), DatabaseAwayError);
  proxy.isSilent = false;
  assert.equal(await queue.touch(claim, 1_000), true);
});
