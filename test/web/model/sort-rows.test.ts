import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowStore } from '../../../web/model/row-store.ts';
import { type Sorting, sortRows, timeOf } from '../../../web/model/sort-rows.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

const { rows } = new RowStore(
  columnsOf([
    fixtureRow({ index: 2, end: 30, bytes: 5 }),
    fixtureRow({ index: 0, end: 99, bytes: 9, status: 'failed', attempts: 3 }),
    fixtureRow({ index: 1, start: null, end: 0, bytes: 9, status: 'skipped' }),
  ]),
);
const sorted = (key: Sorting['key'], descending = false) => [
  ...sortRows(rows, Uint32Array.of(0, 1, 2), { key, descending }),
];

test('sortRows: goes by the place in the list, sizes, tries and times', () => {
  assert.deepEqual(sorted('index'), [1, 2, 0]);
  assert.deepEqual(sorted('bytes', true), [1, 2, 0]);
  assert.deepEqual(sorted('attempts', true), [1, 0, 2]);
  assert.deepEqual(sorted('time', true), [1, 0, 2]);
  assert.deepEqual(sorted('time'), [2, 0, 1]);
});

test('sortRows: has the worst status first when it is the other way round', () => {
  assert.deepEqual(sorted('status', true), [1, 2, 0]);
});

test('timeOf: is not known of a row that no request was sent for', () => {
  assert.deepEqual(
    [0, 1, 2].map((place) => timeOf(rows, place)),
    [30, 99, undefined],
  );
});
