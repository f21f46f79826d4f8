import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { KnownRow } from '../../../src/ledger/match/previous-records.ts';
import { ListOrder, ReplayCursor } from '../../../src/ledger/match/replay-cursor.ts';
import { CREATE_TABLES } from '../../../src/ledger/schema.ts';
import { Places } from '../../../src/ledger/write/places.ts';

/** The records with the ids from 1 to `count`. */
class FakeOrder {
  readonly seeks: number[] = [];
  readonly reads: number[] = [];
  readonly #count: number;
  #next = 1;

  constructor(count: number) {
    this.#count = count;
  }

  next(limit: number): KnownRow[] {
    this.reads.push(limit);
    const length = Math.min(limit, this.#count + 1 - this.#next);
    return Array.from({ length }, () => recordOf(this.#next++));
  }

  seek(id: number): void {
    this.seeks.push(id);
    this.#next = id + 1;
  }
}

function recordOf(id: number): KnownRow {
  return {
    id,
    hash: id,
    occurrence: 1,
    key: null,
    url: urlOf(id),
    name: null,
    isDone: true,
    bytes: 0,
  };
}

function urlOf(id: number): string {
  return `https://example.com/${id}`;
}

function cursorOver(count: number) {
  const order = new FakeOrder(count);
  const cursor = new ReplayCursor(order);
  const take = (id: number) => cursor.take(urlOf(id), null, () => true)?.id;
  return { order, cursor, take };
}

test('ReplayCursor: the records come in the order of the last list, to its end', () => {
  const { cursor, take } = cursorOver(25);
  for (let id = 1; id <= 25; id++) {
    assert.equal(cursor.isAtEnd, false);
    assert.equal(take(id), id);
  }
  assert.equal(take(26), undefined);
  assert.equal(cursor.isAtEnd, true);
});

test('ReplayCursor: a few rows that left the list are passed over, many are not', () => {
  const { take } = cursorOver(100);
  assert.deepEqual(
    [take(3), take(2), take(18), take(34), take(51), take(35)],
    [3, undefined, 18, 34, undefined, 35],
  );
});

test('ReplayCursor: a record that is not accepted is not passed', () => {
  const { cursor, take } = cursorOver(5);
  assert.equal(
    cursor.take(urlOf(1), null, () => false),
    undefined,
  );
  assert.equal(
    cursor.take(urlOf(1), 'name', () => true),
    undefined,
  );
  assert.equal(take(1), 1);
});

test('ReplayCursor: after three consecutive records elsewhere it goes on there', () => {
  const { order, cursor, take } = cursorOver(100);
  for (const id of [90, 50, 51]) cursor.foundElsewhere(id);
  assert.deepEqual([order.seeks, take(1)], [[], 1]);
  cursor.foundElsewhere(52);
  assert.deepEqual([order.seeks, take(53), take(2)], [[52], 53, undefined]);
});

test('ReplayCursor: it moves within the records read so far without reading them again', () => {
  const { order, cursor, take } = cursorOver(100);
  take(1);
  take(12);
  for (const id of [14, 15, 16]) cursor.foundElsewhere(id);
  assert.deepEqual([order.seeks, take(16), take(17)], [[], undefined, 17]);
});

test('ReplayCursor: it moves back to a record that was passed', () => {
  const { order, cursor, take } = cursorOver(100);
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) take(id);
  for (const id of [3, 4, 5]) cursor.foundElsewhere(id);
  assert.deepEqual([order.seeks, take(6)], [[5], 6]);
});

test('ReplayCursor: it is not at its end while records are ahead', () => {
  const { cursor, take } = cursorOver(5);
  assert.equal(take(9), undefined);
  assert.equal(cursor.isAtEnd, false);
  assert.equal(take(5), 5);
  assert.equal(cursor.isAtEnd, true);
});

test('ReplayCursor: a move reads few records first, and more as they are used', () => {
  const { order, cursor, take } = cursorOver(10_000);
  for (let id = 1; id <= 2000; id++) take(id);
  assert.deepEqual(order.reads, [16, 32, 64, 128, 256, 512, 512, 512]);
  for (const id of [5000, 5001, 5002]) cursor.foundElsewhere(id);
  assert.equal(take(5003), 5003);
  assert.equal(order.reads.at(-1), 16);
});

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
