import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptRows } from '../../src/dashboard/kept-rows.ts';

/** Which of so many rows are kept. */
function keptOf(kept: KeptRows, rows: number, isDone: boolean): number[] {
  const places: number[] = [];
  for (let i = 0; i < rows; i++) if (kept.keeps(isDone)) places.push(i);
  return places;
}

test('KeptRows: the first 40,000 that are done, then some to the end', () => {
  const kept = new KeptRows();
  assert.equal(kept.leftOut, undefined);
  const places = keptOf(kept, 5_000_000, true);
  assert.deepEqual(
    places.slice(0, 40_000),
    Array.from({ length: 40_000 }, (_, i) => i),
  );
  assert.ok(places.length > 70_000 && places.length <= 80_000, `${places.length}`);
  assert.ok((places.at(-1) ?? 0) > 4_900_000, `${places.at(-1)}`);
  assert.deepEqual(kept.leftOut, {
    rows: 5_000_000 - places.length,
    which: 'of the files that are there, those after the first 40,000, but for some',
  });
});

test('KeptRows: the first 20,000 that are not done, beside those that are', () => {
  const kept = new KeptRows();
  keptOf(kept, 1_000_000, true);
  assert.equal(keptOf(kept, 15_000, false).length, 15_000);
  assert.equal(keptOf(kept, 15_000, false).length, 5_000);
  assert.match(
    kept.leftOut?.which ?? '',
    /but for some; of the missing ones, those after the first 20,000$/,
  );
});

test('KeptRows: never more than 100,000', () => {
  const kept = new KeptRows();
  const done = keptOf(kept, 50_000_000, true).length;
  assert.ok(done + keptOf(kept, 100_000, false).length <= 100_000);
});
