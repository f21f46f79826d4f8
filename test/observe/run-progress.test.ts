import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../src/model/outcome.ts';
import type { RequestInFlight, RowWaiting } from '../../src/model/request-in-flight.ts';
import { bytesOf, ProgressMeter } from '../../src/observe/run-progress.ts';
import { itemAt, request, waiting } from './under-way.ts';

function saved(index: number, bytes: number): Outcome {
  return { item: itemAt(index), status: 'ok', path: 'a', bytes, attempts: 1 };
}

/** A run that the test makes up. */
function aRun() {
  const activity = {
    received: 0,
    requests: new Set<RequestInFlight>(),
    waiting: new Set<RowWaiting>(),
  };
  return { activity, meter: new ProgressMeter(activity, 0) };
}

test('ProgressMeter: counts what is there of files in flight, and says how long the rest takes', () => {
  const { activity, meter } = aRun();
  meter.add(saved(0, 500));
  const underWay = { ...request(1, 0, 1_000), offset: 200 };
  activity.requests.add(underWay);
  meter.look(100, 2);
  for (let at = 200; at <= 3_000; at += 100) {
    underWay.received = (at - 100) / 10;
    activity.received = underWay.received;
    meter.look(at, 2);
  }
  const progress = meter.look(3_000, 2);
  assert.equal(progress.bytes, 500 + 200 + 290);
  assert.equal(progress.share, 1.49);
  assert.deepEqual([progress.done, progress.total, progress.elapsed], [1, 2, 3_000]);
  assert.equal(Math.round(progress.bytesPerSecond), 100);
  // 510 bytes are left, at 100 a second.
  assert.equal(Math.round(progress.remaining), 5_100);
});

test('ProgressMeter: lengths that are not known are estimated by the files that ended', () => {
  const { activity, meter } = aRun();
  activity.requests.add(request(90, 5, undefined));
  for (let at = 0; at < 10; at++) {
    meter.look(at * 1_000, 100);
    meter.add(saved(at, 1));
  }
  const { filesPerSecond, remaining } = meter.look(10_000, 100);
  assert.equal(Math.round(filesPerSecond), 1);
  assert.equal(Math.round(remaining / 1_000), 90);
});

test('ProgressMeter: without a total, or when nothing comes, there is no time left', () => {
  const { activity, meter } = aRun();
  meter.add(saved(0, 5));
  assert.equal(meter.look(1_000, undefined).remaining, Number.POSITIVE_INFINITY);
  activity.requests.add(request(1, 0, undefined));
  for (let at = 2_000; at < 40_000; at += 1_000) meter.look(at, 2);
  assert.equal(meter.look(40_000, 2).remaining, Number.POSITIVE_INFINITY);
  meter.add(saved(1, 5));
  assert.equal(meter.look(41_000, 2).remaining, 0);
});

test('ProgressMeter: a run takes at least as long as its rows have to wait', () => {
  const { activity, meter } = aRun();
  activity.waiting.add(waiting(0, 31_000));
  for (let n = 1; n < 19; n++) {
    meter.add(saved(n, 1));
    meter.look(n * 50, 20);
  }
  const { remaining } = meter.look(1_000, 20);
  assert.equal(remaining, 30_000);
});

test('ProgressMeter: bytes never go back, and a list that has grown has no total', () => {
  const { activity, meter } = aRun();
  const first = request(0, 900, 1_000);
  activity.requests.add(first);
  assert.equal(meter.look(100, 1).bytes, 900);
  activity.requests.delete(first);
  assert.equal(meter.look(200, 1).bytes, 900);
  for (const index of [0, 1]) meter.add(saved(index, 1_000));
  const { bytes, total, remaining } = meter.look(300, 1);
  assert.deepEqual([bytes, total, remaining], [2_000, undefined, Number.POSITIVE_INFINITY]);
});

test('bytesOf: no more than the length of the file', () => {
  assert.equal(bytesOf({ ...request(0, 900, 1_000), offset: 200 }), 1_000);
  assert.equal(bytesOf(request(0, 900, undefined)), 900);
});
