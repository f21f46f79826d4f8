import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { ListOrder } from '../../../src/ledger/match/list-order.ts';
import { Places } from '../../../src/ledger/match/places.ts';
import { CREATE_TABLES } from '../../../src/ledger/schema.ts';

/** A ledger with records of these ids, and lists of them: those of the runs from 1 on. */
function ledgerOf(t: TestContext, ids: readonly number[], lists: readonly number[][]) {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  database.exec(CREATE_TABLES);
  const insert = database.prepare(
    `INSERT INTO records (id, hash, occurrence, url, run, status, bytes, attempts)
     VALUES (?, 0, 1, '', 1, 'ok', 0, 1)`,
  );
  for (const id of ids) insert.run(id);
  const see = (run: number, list: readonly number[]) => {
    const places = new Places(database, run);
    for (const [index, id] of list.entries()) places.set({ first: id, last: id, index });
  };
  for (const [i, list] of lists.entries()) see(i + 1, list);
  const run = lists.length + 1;
  const firstNew = Math.max(...ids) + 1;
  return {
    order: new ListOrder(database, { run, firstNew }),
    /** The reading run meets these rows. */
    meet: (list: readonly number[]) => see(run, list),
  };
}

function idsOf(order: ListOrder, limit = 2): number[] {
  const ids: number[] = [];
  for (let rows = order.next(limit); rows.length > 0; rows = order.next(limit)) {
    assert.ok(rows.length <= limit);
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

test('ListOrder: the last list comes first, then rows that only earlier lists had', (t) => {
  const { order } = ledgerOf(
    t,
    [1, 2, 3, 4, 5, 6],
    [
      [1, 2, 3, 4, 5],
      [6, 4, 2],
    ],
  );
  assert.deepEqual(idsOf(order), [6, 4, 2, 1, 3, 5]);
});

test('ListOrder: ids that a killed run did not record are passed over', (t) => {
  const { order } = ledgerOf(t, [1, 4, 5, 9], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]);
  assert.deepEqual(idsOf(order), [1, 4, 5, 9]);
});

test('ListOrder: reading goes on while the run takes the places over', (t) => {
  const { order, meet } = ledgerOf(t, [1, 2, 3, 4, 5, 6], [[1, 2, 3, 4, 5, 6]]);
  assert.deepEqual(
    order.next(2).map(({ id }) => id),
    [1, 2],
  );
  meet([1, 2, 3, 4]);
  assert.deepEqual(idsOf(order), [3, 4, 5, 6]);
});

test('ListOrder.seek: reading goes on after the row, within its place and beyond', (t) => {
  const { order, meet } = ledgerOf(t, [1, 2, 3, 4, 5, 6], [[4, 5, 6, 1, 2, 3]]);
  order.seek(5);
  assert.deepEqual(idsOf(order), [6, 1, 2, 3]);
  meet([2]);
  order.seek(1);
  assert.deepEqual(order.next(2), [], 'a row that this run has met is not the next one');
});
