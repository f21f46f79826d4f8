import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowStore } from '../../../web/model/row-store.ts';
import { waterfallOrder } from '../../../web/model/waterfall-order.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

test('waterfallOrder: has the rows with a request, from the first that began', () => {
  const { rows } = new RowStore(
    columnsOf([
      fixtureRow({ start: 30, end: 5 }),
      fixtureRow({ start: null, end: 0 }),
      fixtureRow({ start: 10, end: 50 }),
      fixtureRow({ start: 20, end: 1 }),
    ]),
  );
  const { places, starts, ends, without } = waterfallOrder(rows, Uint32Array.of(0, 1, 2));
  assert.deepEqual([...places], [2, 0]);
  assert.deepEqual([...starts], [10, 30]);
  assert.deepEqual([...ends], [60, 35]);
  assert.equal(without, 1);
});
