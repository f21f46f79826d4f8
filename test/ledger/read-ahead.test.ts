import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadAhead } from '../../src/ledger/read-ahead.ts';

const RECORDS = 20_000;

/** Asks for all records in the order given. @returns how many had to be looked up, and were read */
function askFor(ids: Iterable<number>): { lookups: number; read: number } {
  let lookups = 0;
  let read = 0;
  const ahead = new ReadAhead((after, limit) => {
    const ids = Array.from({ length: Math.min(limit, RECORDS - after) }, (_, i) => after + 1 + i);
    read += ids.length;
    return ids.map((id) => ({ id, key: String(id), record: `record ${id}` }));
  });
  for (const id of ids) {
    const record = ahead.take(String(id));
    if (record !== undefined) assert.equal(record, `record ${id}`);
    else {
      lookups++;
      ahead.missed(id);
    }
  }
  return { lookups, read };
}

const INDEXES = Array.from({ length: RECORDS }, (_, i) => i);

test('ReadAhead spares nearly all lookups in the order of last time', () => {
  const { lookups } = askFor(INDEXES.map((i) => i + 1));
  assert.ok(lookups < 40, `${lookups}`);
});

test('ReadAhead spares most lookups when the order is nearly that of last time', () => {
  // Each is up to 500 places from where it was, and every 50th far away.
  const ids = INDEXES.map((i) => ({
    id: i + 1,
    at: i % 50 === 0 ? i + 5000 : i + ((i * 7919) % 500),
  }));
  const { lookups, read } = askFor(ids.sort((a, b) => a.at - b.at).map(({ id }) => id));
  assert.ok(lookups < RECORDS * 0.1, `${lookups}`);
  assert.ok(read <= RECORDS * 1.2, `${read}`);
});

test('ReadAhead goes on in the middle', () => {
  const { lookups } = askFor(INDEXES.slice(10_000).map((i) => i + 1));
  assert.ok(lookups < 60, `${lookups}`);
});

test('ReadAhead reads little in vain when the order is another', () => {
  // 7919 is prime to the number: a walk over all of them, without neighbours.
  const { read } = askFor(INDEXES.map((i) => ((i * 7919) % RECORDS) + 1));
  assert.ok(read < RECORDS * 0.3, `${read}`);
});
