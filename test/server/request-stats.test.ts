import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestStats } from '../../src/server/request-stats.ts';

test('RequestStats: maxInFlight is the most requests in flight at a time', () => {
  const stats = new RequestStats();
  stats.arrived();
  stats.arrived();
  stats.left();
  stats.arrived();
  stats.left();
  stats.left();
  const { requests, inFlight, maxInFlight } = stats.snapshot();
  assert.deepEqual(
    { requests, inFlight, maxInFlight },
    { requests: 3, inFlight: 0, maxInFlight: 2 },
  );
});

test('RequestStats: counts responses by status', () => {
  const stats = new RequestStats();
  for (const status of [200, 503, 200]) stats.answered(status);
  assert.deepEqual(stats.snapshot().byStatus, { 200: 2, 503: 1 });
});

test('RequestStats.snapshot: does not change later', () => {
  const stats = new RequestStats();
  const before = stats.snapshot();
  stats.arrived();
  stats.answered(200);
  assert.deepEqual(before, { requests: 0, inFlight: 0, maxInFlight: 0, byStatus: {} });
});
