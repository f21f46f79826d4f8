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

test('Activity.received: the bytes of requests in flight and of those that are over', () => {
  const activity = new Activity();
  const item = { index: 0, url: 'http://a/' };
  const request = {
    item,
    url: item.url,
    attempt: 1,
    sentAt: 0,
    offset: 7,
    received: 10,
    length: 99,
  };
  activity.log.begin(request);
  assert.equal(activity.received, 10);
  request.received = 30;
  assert.equal(activity.received, 30);
  activity.log.end(request);
  assert.equal(activity.requests.size, 0);
  const next = { ...request, received: 5 };
  activity.log.begin(next);
  assert.equal(activity.received, 35);
});
