import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { CREATE_TABLES } from '../../../src/ledger/schema.ts';
import { Places } from '../../../src/ledger/write/places.ts';

function emptyLedger(t: TestContext): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  database.exec(CREATE_TABLES);
  return database;
}

function placesIn(database: DatabaseSync): unknown[] {
  const rows = database.prepare('SELECT first, run, idx FROM places ORDER BY first').all();
  return rows.map(({ first, run, idx }) => [first, run, idx]);
}

test('Places.set: id ranges that follow each other are one place', (t) => {
  const database = emptyLedger(t);
  const places = new Places(database, 1);
  places.set({ first: 1, last: 10, index: 0 });
  places.set({ first: 11, last: 20, index: 10 });
  assert.deepEqual(placesIn(database), [[1, 1, 0]]);
});

test('Places.set: a list in the order of last time is one place again', (t) => {
  const database = emptyLedger(t);
  new Places(database, 1).set({ first: 1, last: 20, index: 0 });
  const places = new Places(database, 2);
  places.set({ first: 1, last: 10, index: 0 });
  assert.deepEqual(placesIn(database), [
    [1, 2, 0],
    [11, 1, 10],
  ]);
  places.set({ first: 11, last: 20, index: 10 });
  assert.deepEqual(placesIn(database), [
    [1, 2, 0],
    [21, 1, 20],
  ]);
});

test('Places.set: what it says of other rows stays', (t) => {
  const database = emptyLedger(t);
  new Places(database, 1).set({ first: 1, last: 20, index: 0 });
  const places = new Places(database, 2);
  places.set({ first: 5, last: 6, index: 0 });
  places.set({ first: 12, last: 12, index: 2 });
  assert.deepEqual(placesIn(database), [
    [1, 1, 0],
    [5, 2, 0],
    [7, 1, 6],
    [12, 2, 2],
    [13, 1, 12],
  ]);
});

test('Places.set: agrees with a table that has a line for each row', (t) => {
  const database = emptyLedger(t);
  const expected = new Map<number, [run: number, index: number]>();
  // A walk over all lengths and starts that looks like chance, and is the same every time.
  let state = 1;
  const draw = (below: number) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
  for (let run = 1; run <= 20; run++) {
    const places = new Places(database, run);
    for (let index = 0; index < 300; ) {
      const first = 1 + draw(200);
      const last = first + draw(draw(2) === 0 ? 3 : 50);
      places.set({ first, last, index });
      for (let id = first; id <= last; id++) expected.set(id, [run, index++]);
    }
    const found = database.prepare(
      'SELECT run, idx + ? - first AS idx FROM places WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    for (const [id, [run, index]] of expected) {
      assert.deepEqual({ ...found.get(id, id) }, { run, idx: index }, `id ${id}`);
    }
  }
});
