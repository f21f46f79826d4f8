import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity } from '../../src/observe/activity.ts';

test('Activity: what is in flight, and may be, over all origins', () => {
  const activity = new Activity();
  assert.deepEqual([activity.inFlight, activity.allowed], [0, 0]);
  activity.follow({
    maxRequests: 50,
    loads: () => [
      { inFlight: 3, allowed: 8 },
      { inFlight: 4, allowed: 6 },
    ],
  });
  assert.deepEqual([activity.inFlight, activity.allowed], [7, 14]);
});

test('Activity: no more may be in flight than of the run', () => {
  const activity = new Activity();
  activity.follow({
    maxRequests: 10,
    loads: () => [{ inFlight: 3, allowed: Number.POSITIVE_INFINITY }],
  });
  assert.equal(activity.allowed, 10);
});
