import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from '../../../src/schedule/pace/token-bucket.ts';
import { propertyRuns } from '../../support/property-runs.ts';

/** A bucket of three tokens, one each 10 ms, by a clock that the test turns forward. */
function setUp(options: { perMs?: number; burst?: number } = {}) {
  const clock = { now: 5_000 };
  const bucket = new TokenBucket({ perMs: 0.1, burst: 3, now: () => clock.now, ...options });
  return { clock, bucket };
}

for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`TokenBucket: refuses ${wrong}`, () => {
    assert.throws(() => setUp({ perMs: wrong }), { message: /^perMs must be more than 0/ });
    assert.throws(() => setUp({ burst: wrong }), { message: /^burst must be more than 0/ });
    const { bucket } = setUp();
    assert.throws(() => {
      bucket.perMs = wrong;
    }, RangeError);
    assert.equal(bucket.perMs, 0.1);
  });
}

test('TokenBucket.take: takes saved-up tokens at once, and the others as they come in', () => {
  const { clock, bucket } = setUp();
  assert.deepEqual([bucket.take(), bucket.take(2), bucket.take(), bucket.take(2)], [0, 0, 10, 30]);
  clock.now += 30;
  assert.equal(bucket.take(), 10);
});

test('TokenBucket.take: a pause saves up no more than the burst', () => {
  const { clock, bucket } = setUp();
  bucket.take(3);
  clock.now += 60_000;
  assert.deepEqual([bucket.take(3), bucket.take()], [0, 10]);
});

test('TokenBucket.remaining: how long until the bucket has so many tokens, or is full', () => {
  const { clock, bucket } = setUp();
  assert.deepEqual([bucket.remaining(3), bucket.remaining(100)], [0, 0]);
  bucket.take(2);
  assert.deepEqual([bucket.remaining(), bucket.remaining(2), bucket.remaining(100)], [0, 10, 20]);
  // Asking takes nothing.
  assert.equal(bucket.remaining(2), 10);
  clock.now += 10;
  assert.equal(bucket.remaining(2), 0);
});

test('TokenBucket.perMs: another rate leaves as many tokens in the bucket, or owed', () => {
  const { clock, bucket } = setUp();
  bucket.take(5);
  // Two are owed.
  bucket.perMs = 1;
  assert.equal(bucket.remaining(), 3);
  clock.now += 4;
  // Two are there.
  bucket.perMs = 0.1;
  assert.deepEqual([bucket.take(2), bucket.take()], [0, 10]);
});

test('TokenBucket: never gives more than the burst and the tokens that have come in since', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 5 })));
  fc.assert(
    fc.property(steps, (all) => {
      const { clock, bucket } = setUp();
      const begun = clock.now;
      let taken = 0;
      for (const [ms, tokens] of all) {
        clock.now += ms;
        const wait = bucket.take(tokens);
        taken += tokens;
        assert.ok(taken <= 3 + (clock.now + wait - begun) * 0.1 + 1e-6);
      }
    }),
    propertyRuns(),
  );
});
