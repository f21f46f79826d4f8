import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RetrySelection, retryRows } from '../../../src/ledger/read/retry-rows.ts';

import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  anItem,
  cancelled,
  failed,
  ok,
  openLedger,
  recordsIn,
  refused,
  runOf,
} from '../support.ts';

async function urlsToRetry(directory: string, selection?: RetrySelection): Promise<string[]> {
  const rows = await Array.fromAsync(retryRows(directory, selection));
  return rows.map(({ url }) => String(url).replace(/.*\//, ''));
}

test('retryRows: gives what failed or was cancelled, or what is asked for', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [
    ok(anItem(0)),
    refused(anItem(1), 503),
    refused(anItem(2), 429),
    refused(anItem(3), 404),
    cancelled(anItem(4)),
  ]);
  assert.deepEqual(await urlsToRetry(directory), ['1.jpg', '2.jpg', '4.jpg']);
  assert.deepEqual(await urlsToRetry(directory, { where: 'status in (404, 200)' }), ['3.jpg']);
  assert.deepEqual(await urlsToRetry(directory, { reasons: ['http-429', 'cancelled'] }), [
    '2.jpg',
    '4.jpg',
  ]);
  assert.deepEqual(await urlsToRetry(directory, { where: 'index > 2', reasons: ['http-429'] }), []);
  assert.throws(() => retryRows(directory, { where: 'no' }), { name: 'WhereError' });
});

test('retryRows: dns is any failure of DNS, also one that an earlier version recorded', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [
    failed(anItem(0), 'dns'),
    failed(anItem(1), 'dns-not-found'),
    failed(anItem(2), 'dns-timeout'),
    failed(anItem(3), 'dns-failed'),
    failed(anItem(4), 'tls'),
  ]);
  const chosen = (...reasons: string[]) => urlsToRetry(directory, { reasons });
  assert.deepEqual(await chosen('dns'), ['0.jpg', '1.jpg', '2.jpg', '3.jpg']);
  assert.deepEqual(await chosen('dns-timeout'), ['2.jpg']);
  assert.deepEqual(await chosen('dns-not-found', 'tls'), ['1.jpg', '4.jpg']);
});

test('retryRows: gives rows as the list had them, and their keys', async (t) => {
  const directory = await temporaryDirectory(t);
  const item = anItem(0, {
    name: 'a.jpg',
    directory: 'sub',
    mirrors: ['https://mirror.example/a'],
    checksum: { algorithm: 'md5', hex: '0'.repeat(32) },
    columns: { title: 'A' },
    headers: { Cookie: 'secret' },
  });
  await runOf(directory, [refused(item)]);
  const { index: _index, headers: _headers, ...kept } = item;
  assert.deepEqual(await Array.fromAsync(retryRows(directory)), [
    { ...kept, key: undefined, recordId: 1 },
  ]);
});

test('retryRows: a row that is tried again keeps its one record, and its place in the list', async (t) => {
  const directory = await temporaryDirectory(t);
  const same = [0, 1].map((index) => anItem(index, { url: 'https://example.com/same' }));
  await runOf(directory, [
    ok(anItem(0, { url: 'https://example.com/same' })),
    ...same.slice(1).map((item) => refused(item)),
  ]);
  const ledger = openLedger(t, directory);
  let index = 0;
  for await (const { recordId, url } of retryRows(directory)) {
    const item = { index: index++, url: String(url), recordId };
    assert.equal(ledger.take(item)?.isDone, false);
    await ledger.record(ok(item));
  }
  await ledger.close('complete');
  assert.deepEqual(
    recordsIn(directory).map(({ status, run, seen, index }) => [status, run, seen, index]),
    [
      ['ok', 1, 1, 0],
      ['ok', 2, 1, 1],
    ],
  );
});
