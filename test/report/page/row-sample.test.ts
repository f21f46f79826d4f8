import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowSample } from '../../../src/report/page/row-sample.ts';

/** How many of either kind are shown. */
function shown(done: number, notDone: number, most: number) {
  const sample = new RowSample({ rows: done + notDone, notDone }, most);
  const count = (all: number, isDone: boolean) =>
    Array.from({ length: all }, () => sample.has(isDone)).filter(Boolean).length;
  const counts = { done: count(done, true), notDone: count(notDone, false) };
  return { ...counts, leftOut: sample.leftOut, which: sample.which };
}

test('RowSample: all rows while there is room', () => {
  assert.deepEqual(shown(6, 4, 10), { done: 6, notDone: 4, leftOut: 0, which: [] });
  assert.deepEqual(shown(0, 10, 10), { done: 0, notDone: 10, leftOut: 0, which: [] });
});

test('RowSample: all that are not done, then some of the others', () => {
  assert.deepEqual(shown(2_000, 4, 10), {
    done: 6,
    notDone: 4,
    leftOut: 1_994,
    which: ['all but 6 of the 2,000 files that are there, spread evenly'],
  });
});

test('RowSample: those that are not done have half of the room, and what the others leave', () => {
  assert.deepEqual(shown(20, 30, 10), {
    done: 5,
    notDone: 5,
    leftOut: 40,
    which: [
      'all but 5 of the 20 files that are there, spread evenly',
      'all but 5 of the 30 missing files, spread evenly',
    ],
  });
  assert.deepEqual(shown(2, 30, 10), {
    done: 2,
    notDone: 8,
    leftOut: 22,
    which: ['all but 8 of the 30 missing files, spread evenly'],
  });
});
