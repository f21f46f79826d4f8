import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hashedIdentity, PreviousRecords } from '../../../src/ledger/match/previous-records.ts';
import { identifyBy, type KeyChange } from '../../../src/ledger/match/row-keys.ts';
import { openForWriting } from '../../../src/ledger/open-database.ts';
import type { RowKey } from '../../../src/model/row-key.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { anItem, ok, runOf } from '../support.ts';

/** The ledger of a run with rows of these URLs, by URL. */
async function ledgerOf(t: TestContext, urls: readonly string[]) {
  const directory = await temporaryDirectory(t);
  const outcomes = urls.map((url, i) => ok(anItem(i, { url })));
  await runOf(directory, outcomes);
  const database = openForWriting(directory);
  t.after(() => database.close());
  const find = (key: string | null, occurrence: number, url = '') =>
    new PreviousRecords(database).find(hashedIdentity(url, null, occurrence, key));
  return { database, find };
}

test('identifyBy: finds records by their new keys, equal ones in their order', async (t) => {
  const urls = ['https://a/1?s=1', 'https://a/2', 'https://a/1?s=2', 'https://b/1', 'no URL'];
  const { database, find } = await ledgerOf(t, urls);
  // The index by the old hashes is there.
  assert.equal(find(null, 1, 'https://a/2'), 2);
  identifyBy(database, 'url-without-query');
  const found = [1, 2, 3].map((n) => find('https://a/1', n));
  assert.deepEqual(found, [1, 3, undefined]);
  assert.deepEqual([find('https://b/1', 1), find(null, 1, 'no URL')], [4, 5]);
  identifyBy(database, 'path');
  assert.deepEqual(
    [1, 2, 3].map((n) => find('/1', n)),
    [1, 3, 4],
  );
  // No run by another key has been recorded, so the way back is one by URL.
  database.exec("UPDATE runs SET key = 'path'");
  identifyBy(database, 'url');
  assert.deepEqual(
    urls.map((url) => find(null, 1, url)),
    [1, 2, 3, 4, 5],
  );
});

test('identifyBy: says what changes, and each second how many records have their key', async (t) => {
  const { database } = await ledgerOf(t, ['https://a/1']);
  database.exec(`
    WITH RECURSIVE ids (id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM ids WHERE id < 25000)
    INSERT INTO records (id, hash, occurrence, run, url, status, bytes, attempts)
    SELECT id, id, 1, 1, 'https://a/' || id, 'ok', 1, 1 FROM ids`);
  let clock = 0;
  const changes = (key: RowKey): KeyChange[] => {
    const all: KeyChange[] = [];
    identifyBy(
      database,
      key,
      (change) => all.push(change),
      () => {
        clock += 600;
        return clock;
      },
    );
    return all;
  };
  const to = (key: RowKey, done: number) => ({ from: 'url', to: key, rows: 25_000, done });
  assert.deepEqual(changes('url'), []);
  assert.deepEqual(changes('path'), [to('path', 0), to('path', 10_000)]);
  assert.deepEqual(changes('column id'), [to('column id', 0)]);
  database.exec('DELETE FROM records');
  assert.deepEqual(changes('path'), []);
});
