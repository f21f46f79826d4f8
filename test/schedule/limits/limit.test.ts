import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLimit, FixedLimit } from '../../../src/schedule/limits/limit.ts';

const WRONG = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY];

test('FixedLimit: stays the same, whatever its samples are', () => {
  const limit = new FixedLimit(3);
  assert.equal(limit.current, 3);
  limit.finished();
  assert.equal(limit.current, 3);
});

for (const wrong of WRONG) {
  test(`FixedLimit: refuses ${wrong}`, () => {
    const message = `limit must be a whole number >= 1, not ${wrong}`;
    assert.throws(() => new FixedLimit(wrong), { name: 'RangeError', message });
  });
}

test('checkLimit: says which limit is out of bounds', () => {
  assert.equal(checkLimit('max', 1), 1);
  assert.throws(() => checkLimit('max', 0), {
    message: 'max must be a whole number >= 1, not 0',
  });
});
