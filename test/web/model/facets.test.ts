import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facetsOf } from '../../../web/model/facets.ts';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

test('facetsOf: counts statuses, reasons and hosts, the most frequent first', () => {
  const { rows } = new RowStore(
    columnsOf([
      fixtureRow({ url: 'http://b/1' }),
      fixtureRow({ url: 'http://c/1', status: 'failed', reason: 'tls' }),
      fixtureRow({ url: 'http://a/1', status: 'failed', reason: 'dns-timeout' }),
      fixtureRow({ url: 'http://c/2', status: 'failed', reason: 'tls' }),
    ]),
  );
  const { statuses, reasons, hosts } = facetsOf(rows);
  assert.deepEqual(
    [...statuses],
    [
      ['ok', 1],
      ['failed', 3],
    ],
  );
  assert.deepEqual(reasons, [
    { value: 'tls', rows: 2 },
    { value: 'dns-timeout', rows: 1 },
  ]);
  assert.deepEqual(
    hosts.map(({ value, rows }) => `${value} ${rows}`),
    ['c 2', 'a 1', 'b 1'],
  );
});

test('facetsOf: dns, of an earlier version, has the rows of all failures of DNS', () => {
  const reasons = ['dns-timeout', 'dns', 'dns-not-found', 'tls'];
  const { rows } = new RowStore(
    columnsOf(
      reasons.map((reason, i) => fixtureRow({ url: `http://a/${i}`, status: 'failed', reason })),
    ),
  );
  assert.deepEqual(facetsOf(rows).reasons, [
    { value: 'dns', rows: 3 },
    { value: 'dns-not-found', rows: 1 },
    { value: 'dns-timeout', rows: 1 },
    { value: 'tls', rows: 1 },
  ]);
});
