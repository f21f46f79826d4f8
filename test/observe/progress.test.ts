import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOf } from '../../src/observe/progress.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';

test('progressOf: a rate in rows a second, and what is left at that rate', () => {
  const tally = { ...EMPTY_TALLY, ok: 15, 'not-found': 3, failed: 2 };
  assert.deepEqual(progressOf(tally, 100, 4000), {
    done: 20,
    total: 100,
    failed: 2,
    rate: 5,
    elapsed: 4000,
    remaining: 16_000,
  });
});

test('progressOf: no end in sight before the first row is done', () => {
  const { rate, remaining } = progressOf(EMPTY_TALLY, 100, 4000);
  assert.deepEqual([rate, remaining], [0, Number.POSITIVE_INFINITY]);
});

test('progressOf: no rate before any time has passed', () => {
  const { rate, remaining } = progressOf({ ...EMPTY_TALLY, ok: 1 }, 2, 0);
  assert.deepEqual([rate, remaining], [0, 0]);
});

test('progressOf: nothing left at the end', () => {
  const { done, remaining } = progressOf({ ...EMPTY_TALLY, ok: 3, failed: 1 }, 4, 500);
  assert.deepEqual([done, remaining], [4, 0]);
});

test('progressOf: what was cancelled is not done', () => {
  const { done, rate, remaining } = progressOf({ ...EMPTY_TALLY, ok: 3, cancelled: 1 }, 4, 600);
  assert.deepEqual([done, rate, remaining], [3, 5, 200]);
});
