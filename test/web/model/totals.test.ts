import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, ended, left, sumOf } from '../../../web/model/totals.ts';

const TOTALS = { ok: 97_809, skipped: 2_000, 'not-found': 38, failed: 153, cancelled: 0 };
const NONE = { ok: 0, skipped: 0, 'not-found': 0, failed: 0, cancelled: 0 };

test('ended and done: add up', () => {
  assert.equal(ended(TOTALS), 100_000);
  assert.equal(done(TOTALS), 99_809);
});

test('left: is what has not ended, when it is known how many there are', () => {
  assert.equal(left(TOTALS, 100_500), 500);
  assert.equal(left(TOTALS, 100_000), 0);
  assert.equal(left(TOTALS, undefined), undefined);
  // A list that grew while it was read.
  assert.equal(left(TOTALS, 90_000), 0);
});

test('sumOf: leaves out what has no rows', () => {
  assert.equal(
    sumOf(TOTALS, String),
    '97809 ok + 2000 skipped + 38 not found + 153 failed = 100000 files',
  );
  assert.equal(sumOf(NONE, String), '0 files');
});
