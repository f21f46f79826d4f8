import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

const rowsFrom = (from: number, count: number, bytes = 1) =>
  columnsOf(Array.from({ length: count }, (_, i) => fixtureRow({ index: from + i, bytes })));

test('RowStore: takes rows as they come, each with its host', () => {
  const store = new RowStore();
  assert.equal(store.rows.length, 0);
  store.put(0, rowsFrom(0, 3));
  store.put(3, rowsFrom(3, 2));
  assert.deepEqual(store.rows.index, [0, 1, 2, 3, 4]);
  assert.deepEqual(store.rows.host, new Array(5).fill('files.example.org'));
});

test('RowStore: has rows that are sent again once', () => {
  const store = new RowStore(rowsFrom(0, 5));
  store.put(3, rowsFrom(3, 4, 2));
  assert.deepEqual(store.rows.index, [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(store.rows.bytes, [1, 1, 1, 2, 2, 2, 2]);
  assert.equal(store.rows.host.length, 7);
  // From the beginning, as after a browser that forgot what came last.
  store.put(0, rowsFrom(0, 8, 3));
  assert.deepEqual(store.rows.index, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('RowStore: keeps what there is when rows between are missing', () => {
  const store = new RowStore(rowsFrom(0, 2));
  store.put(10, rowsFrom(10, 1));
  assert.deepEqual(store.rows.index, [0, 1, 10]);
});
