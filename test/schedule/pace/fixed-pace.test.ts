import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FixedPace } from '../../../src/schedule/pace/fixed-pace.ts';

test('FixedPace: requests are evenly spaced, from the first one on', () => {
  let now = 0;
  const pace = new FixedPace(2, () => now);
  assert.equal(pace.remaining, 0);
  pace.started();
  assert.equal(pace.remaining, 500);
  now = 499;
  assert.equal(pace.remaining, 1);
  now = 500;
  pace.started();
  assert.equal(pace.remaining, 500);
});

test('FixedPace: requests catch up with up to 50 ms', () => {
  let now = 0;
  const pace = new FixedPace(1_000, () => now);
  for (let n = 0; n < 50; n++) {
    assert.equal(pace.remaining, 0);
    pace.started();
  }
  assert.equal(pace.remaining, 1);
  now = 10_000;
  for (let n = 0; n < 50; n++) pace.started();
  assert.equal(pace.remaining, 1);
});

test('FixedPace: refuses a rate that is not more than 0', () => {
  for (const rate of [0, -1, Number.NaN]) assert.throws(() => new FixedPace(rate), RangeError);
});
