import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { hashedIdentity, PreviousRecords } from '../../../src/ledger/match/previous-records.ts';
import { CREATE_TABLES } from '../../../src/ledger/schema.ts';

// Slow: starts threads.

interface Row {
  readonly url: string;
  readonly name?: string;
  readonly occurrence?: number;
  readonly path?: string;
  readonly status?: string;
  readonly run?: number;
}

const URL_A = 'https://example.com/a';
const HASH = 2 ** 52 - 1;

/** A ledger with these rows, from id 1 on. They all have the same hash. */
function recordsOf(t: TestContext, rows: readonly Row[]): PreviousRecords {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  database.exec(CREATE_TABLES);
  const insert = database.prepare(
    `INSERT INTO records (hash, url, name, occurrence, path, status, run, bytes, attempts)
     VALUES (${HASH}, ?, ?, ?, ?, ?, ?, 0, 1)`,
  );
  for (const { url, name, occurrence = 1, path, status = 'ok', run = 1 } of rows) {
    insert.run(url, name ?? null, occurrence, path ?? null, status, run);
  }
  return new PreviousRecords(database);
}

test('PreviousRecords.find: rows with the same hash are distinguished', (t) => {
  const records = recordsOf(t, [
    { url: URL_A },
    { url: URL_A, occurrence: 2 },
    { url: URL_A, name: 'a' },
    { url: 'https://example.com/b' },
  ]);
  const find = (url: string, name: string | null, occurrence: number) =>
    records.find({ url, name, key: null, occurrence, hash: HASH, text: '' });
  assert.equal(find('https://example.com/b', null, 1), 4);
  assert.equal(find(URL_A, 'a', 1), 3);
  assert.equal(find(URL_A, null, 2), 2);
  assert.equal(find(URL_A, null, 1), 1);
  assert.equal(find(URL_A, 'a', 2), undefined);
});

test('PreviousRecords.ownerOf: the latest row that is done, else the latest of the others', (t) => {
  const records = recordsOf(t, [
    { url: '1', path: 'a', run: 1 },
    { url: '2', path: 'a', run: 2 },
    { url: '3', path: 'a', run: 3, status: 'failed' },
    { url: '4', path: 'b', run: 1, status: 'failed' },
    { url: '5', path: 'b', run: 2, status: 'cancelled' },
    { url: '6', run: 3 },
  ]);
  assert.deepEqual(
    ['a', 'b', 'c'].map((path) => records.ownerOf(path)),
    [2, 5, undefined],
  );
});

test('PreviousRecords: the number of records, and the last id', (t) => {
  const records = recordsOf(t, [{ url: '1' }, { url: '2' }, { url: '3' }]);
  assert.deepEqual([records.last, records.countBelow(3)], [3, 2]);
  assert.equal(records.byId(2)?.url, '2');
  assert.equal(records.byId(4), undefined);
  assert.equal(recordsOf(t, []).last, 0);
});

test('hashedIdentity: the hash is the beginning of a SHA-256, the same on every day', () => {
  assert.deepEqual(hashedIdentity(URL_A, null, 1), {
    url: URL_A,
    name: null,
    key: null,
    occurrence: 1,
    text: 'https://example.com/a\n\n1',
    // printf 'https://example.com/a\n\n1' | sha256sum
    hash: 0x9f761328a8f75,
  });
});

test('hashedIdentity: the text depends on the URL, the name and the occurrence', () => {
  const texts = [
    hashedIdentity(URL_A, null, 1),
    hashedIdentity(`${URL_A}b`, null, 1),
    hashedIdentity(URL_A, 'b', 1),
    hashedIdentity(URL_A, null, 2),
  ].map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length);
});
