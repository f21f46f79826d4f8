import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../../src/schedule/backoff.ts';

const OPTIONS = { base: 1_000, max: 8_000 };

test('backoff: the longest wait doubles with each failure, up to the maximum', () => {
  const longest = [1, 2, 3, 4, 5, 60].map((failures) => backoff(failures, OPTIONS, () => 1));
  assert.deepEqual(longest, [1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
});

test('backoff: full jitter gives any wait from 0 on', () => {
  const waits = [0, 0.25, 0.5].map((drawn) => backoff(3, OPTIONS, () => drawn));
  assert.deepEqual(waits, [0, 1_000, 2_000]);
});

test('backoff: one draw for each wait', () => {
  let draws = 0;
  backoff(1, OPTIONS, () => draws++);
  assert.equal(draws, 1);
});
