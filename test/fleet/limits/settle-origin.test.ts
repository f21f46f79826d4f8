import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf } from '../../../src/fleet/limits/limits-of.ts';
import { settleOrigin } from '../../../src/fleet/limits/settle-origin.ts';
import { SharedPace } from '../../../src/fleet/limits/shared-pace.ts';

const take = (keep: number, demand: number) => ({ keep, demand, step: 'take' as const });

test('settleOrigin: one that takes gets what is free, up to its part', () => {
  assert.equal(settleOrigin(8, [], take(0, 3)).share, 8);
  assert.equal(settleOrigin(8, [{ share: 6, demand: 9 }], take(0, 9)).share, 2);
  assert.equal(settleOrigin(8, [{ share: 1, demand: 9 }], take(0, 9)).share, 4);
  assert.equal(settleOrigin(8, [{ share: 8, demand: 9 }], take(0, 9)).share, 0);
});

test('settleOrigin: what a run still has in flight counts, also beyond the limit', () => {
  const settled = settleOrigin(4, [{ share: 4, demand: 9 }], take(3, 9));
  assert.deepEqual([settled.share, settled.free, settled.level], [3, 0, 2]);
});

test('settleOrigin: one that keeps gets no more, and one that leaves leaves all', () => {
  const others = [{ share: 1, demand: 9 }];
  assert.equal(settleOrigin(8, others, { keep: 2, demand: 9, step: 'keep' }).share, 2);
  const left = settleOrigin(8, others, { keep: 0, demand: 0, step: 'leave' });
  assert.deepEqual([left.share, left.count, left.free], [0, 1, 7]);
});

test('settleOrigin: nothing is taken while other leases may be unknown', () => {
  assert.equal(settleOrigin(8, [], take(0, 3), false).share, 0);
  assert.equal(settleOrigin(8, [], take(2, 3), false).share, 2);
});

test('SharedPace: the first request waits if another run may have sent one a moment ago', () => {
  let now = 0;
  const [fresh, used] = [new SharedPace(() => now), new SharedPace(() => now)];
  fresh.set(2, false);
  used.set(2, true);
  assert.deepEqual([fresh.remaining, used.remaining], [0, 500]);
  fresh.started();
  assert.equal(fresh.remaining, 500);
  fresh.set(1, false);
  assert.equal(fresh.remaining, 1_000);
  fresh.set(0, true);
  now = 60_000;
  fresh.set(2, true);
  assert.equal(fresh.remaining, 500);
  fresh.set(Number.POSITIVE_INFINITY, true);
  assert.equal(fresh.remaining, 0);
});

test('limitsOf: an origin gets no more from a fleet than from one run', () => {
  assert.deepEqual(limitsOf({}), { limit: 5, rate: undefined });
  assert.deepEqual(limitsOf({ maxRequests: 'auto' }).limit, 256);
  assert.deepEqual(limitsOf({ maxRequests: 'auto', maxRequestsPerOrigin: 4 }).limit, 4);
  assert.deepEqual(limitsOf({ maxRequests: 3, maxRequestsPerOrigin: 8, requestRate: 2 }), {
    limit: 3,
    rate: 2,
  });
});
