import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PresentMoment } from '../../src/dashboard/present-moment.ts';
import type { RequestInFlight, RowWaiting } from '../../src/model/request-in-flight.ts';
import { Activity } from '../../src/observe/activity.ts';
import type { RunProgress } from '../../src/observe/run-progress.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';

const PROGRESS: RunProgress = {
  ...{ elapsed: 1_000, tally: EMPTY_TALLY, done: 1, total: 4, share: 1.5, bytes: 0 },
  ...{ bytesPerSecond: 1_234.5, filesPerSecond: 1, remaining: Number.POSITIVE_INFINITY },
};

function request(index: number, more: Partial<RequestInFlight> = {}): RequestInFlight {
  const url = `https://u:p@example.com/${index}`;
  const sent = { attempt: 2, sentAt: 60 + index, offset: 0, received: 0, length: undefined };
  return { item: { index, url }, url, ...sent, ...more };
}

function wait(index: number, until: number): RowWaiting {
  const url = `https://u:p@example.com/${index}`;
  return {
    ...{ item: { index, url }, url, reason: 'http-503', httpStatus: 503, attempt: 2, tries: 4 },
    ...{ until, received: 0, length: undefined },
  };
}

test('PresentMoment: names the oldest requests, without passwords, and counts all', () => {
  const activity = new Activity();
  activity.follow({ maxRequests: 64, loads: () => [{ inFlight: 30, allowed: 64 }] });
  for (let index = 0; index < 30; index++) activity.requests.add(request(index));
  const { requests, inFlight } = new PresentMoment(activity).look(100, PROGRESS);
  assert.deepEqual([requests.length, inFlight], [20, 30]);
  const known = { length: undefined, speed: 0, bytes: 0 };
  assert.deepEqual(requests[0], { url: 'https://example.com/0', attempt: 2, age: 40, ...known });
});

test('PresentMoment: measures what comes of each file', () => {
  const activity = new Activity();
  const coming = { ...request(0, { offset: 1_000, length: 9_000 }) };
  activity.requests.add(coming);
  const moment = new PresentMoment(activity);
  for (let now = 0; now <= 2_000; now += 250) {
    coming.received = now;
    moment.note(now);
  }
  const { requests, received, speed } = moment.look(2_000, PROGRESS);
  assert.deepEqual([requests[0]?.bytes, requests[0]?.length], [3_000, 9_000]);
  assert.equal(requests[0]?.speed, 1_000);
  assert.deepEqual([received, speed], [2_000, 1_235]);
});

test('PresentMoment: says which rows wait, the next try first', () => {
  const activity = new Activity();
  for (let index = 0; index < 12; index++)
    activity.waiting.add(wait(index, 20_000 - index * 1_000));
  const { waiting, waits } = new PresentMoment(activity).look(5_000, PROGRESS);
  assert.deepEqual([waiting.length, waits], [10, 12]);
  assert.deepEqual(waiting[0], {
    url: 'https://example.com/11',
    text: '503 from example.com, again in 4 s (2 of 4)',
  });
});

test('PresentMoment: says how far a run is where that is known', () => {
  const moment = new PresentMoment(new Activity());
  const { share, remaining } = moment.look(0, PROGRESS);
  assert.deepEqual([share, remaining], [0.375, undefined]);
  const known = moment.look(0, { ...PROGRESS, total: undefined, remaining: 1_500.4 });
  assert.deepEqual([known.share, known.remaining], [undefined, 1_500]);
});
