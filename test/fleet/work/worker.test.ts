import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Database } from '../../../src/fleet/database.ts';
import { DatabaseAwayError } from '../../../src/fleet/database-errors.ts';
import type { Claim, ShardQueue } from '../../../src/fleet/jobs.ts';
import { lineOf } from '../../../src/fleet/plan/row-shard.ts';
import { saveNewShard } from '../../../src/fleet/plan/save-shard.ts';
import type { Plan } from '../../../src/fleet/plans.ts';
import { runWorker } from '../../../src/fleet/work/worker.ts';
import { itemOf } from '../../../src/model/item.ts';
import { DirectoryStorage } from '../../../src/storage/directory-storage.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { Hosts } from '../hosts.ts';

test('runWorker: keeps the files of a shard that may have been recorded', async (t) => {
  const directory = await temporaryDirectory(t);
  await using hosts = await Hosts.start(1, { listener: (_, response) => response.end('file') });
  const storage = new DirectoryStorage(directory);
  const plan = { id: 1, name: 'photos', sink: directory } as Plan;
  const lines = [lineOf(itemOf(hosts.url(0, 'a.bin'), 0), 0)];
  const saving = { plan, storage, saved: new Map(), note: async () => {} };
  await saveNewShard({ number: 0, origins: 1, firstId: 0, lines }, saving);
  const given: string[] = [];
  const queue = {
    claim: async () => ({ shard: 0, rows: 1, number: 1, attempt: '1-ab' }) as Claim,
    giveBack: async ({ attempt }: Claim) => void given.push(attempt),
  } as unknown as ShardQueue;
  // The transaction is committed, and its answer is lost with the connection.
  const away = new DatabaseAwayError(new Error('Connection terminated unexpectedly'));
  const database = {
    patiently: <T>(attempt: () => Promise<T>) => attempt(),
    transaction: () => Promise.reject(away),
  } as unknown as Database;
  const working = runWorker({
    ...{ database, queue, plan, storage, settings: {}, scratch: directory, name: 'here:1' },
    signal: new AbortController().signal,
  });
  await assert.rejects(working, (error) => error === away);
  assert.deepEqual(given, ['1-ab']);
  await access(join(directory, 'photos/000000/1-ab/a.bin'));
});
