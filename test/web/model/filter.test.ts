import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUSES } from '../../../src/model/outcome.ts';
import { filterRows, isEmpty, isNotDone, NO_FILTER, NOT_DONE } from '../../../web/model/filter.ts';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

const { rows } = new RowStore(
  columnsOf([
    fixtureRow({ url: 'https://a.example/One.gif' }),
    fixtureRow({ url: 'https://b.example/two.gif', status: 'failed', reason: 'dns-timeout' }),
    fixtureRow({ url: 'https://a.example/three', status: 'failed', message: 'Two of 3 bytes' }),
    fixtureRow({ url: 'https://a.example/four', status: 'not-found' }),
  ]),
);
const places = (filter: Partial<typeof NO_FILTER>) => [
  ...filterRows(rows, { ...NO_FILTER, ...filter }),
];

test('filterRows: leaves all rows without a filter', () => {
  assert.deepEqual(places({}), [0, 1, 2, 3]);
});

test('filterRows: goes by status, reason and host', () => {
  assert.deepEqual(places({ statuses: ['failed', 'not-found'] }), [1, 2, 3]);
  assert.deepEqual(places({ reason: 'dns-timeout' }), [1]);
  assert.deepEqual(places({ reason: 'dns' }), [1]);
  assert.deepEqual(places({ reason: 'dns-failed' }), []);
  assert.deepEqual(places({ host: 'a.example' }), [0, 2, 3]);
  assert.deepEqual(places({ host: 'a.example', statuses: ['failed'], reason: 'http-503' }), [2]);
  assert.deepEqual(places({ host: 'c.example' }), []);
});

test('filterRows: finds text in URLs and messages, capitals or not', () => {
  assert.deepEqual(places({ text: 'TWO' }), [1, 2]);
  assert.deepEqual(places({ text: 'one.GIF' }), [0]);
  assert.deepEqual(places({ text: '.gif', host: 'b.example' }), [1]);
});

test('isEmpty: is so for the filter that leaves all rows only', () => {
  assert.ok(isEmpty(NO_FILTER));
  assert.ok(!isEmpty({ ...NO_FILTER, text: 'a' }));
  assert.ok(!isEmpty({ ...NO_FILTER, statuses: ['ok'] }));
});

test('isNotDone: is so for what is neither ok nor skipped', () => {
  assert.deepEqual(STATUSES.filter(isNotDone), NOT_DONE);
  assert.equal(isNotDone(undefined), false);
});
