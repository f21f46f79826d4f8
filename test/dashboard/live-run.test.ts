import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { LiveRun } from '../../src/dashboard/live-run.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import { failedOutcome, type Outcome } from '../../src/model/outcome.ts';
import { Activity } from '../../src/observe/activity.ts';
import type { RowColumns } from '../../src/report/page/page-data.ts';

const START = 1_700_000_000_000;

/** A run whose clock is set by hand. */
function aRun() {
  const clock = { now: 50 };
  const activity = new Activity();
  const run = new LiveRun(
    { directory: 'photos', arguments: ['get', '--user', '***', '-i', 'a b'], expected: 4 },
    activity,
    { monotonic: () => clock.now, epoch: () => START + clock.now - 50 },
  );
  return { clock, activity, run };
}

function ok(index: number, more: Partial<Outcome> = {}): Outcome {
  return {
    item: { index, url: `https://u:p@example.com/${index}` },
    status: 'ok',
    path: join('photos', 'sub', `${index}.gif`),
    bytes: 100,
    httpStatus: 200,
    attempts: 1,
    queued: 5,
    startedAt: START + 1_000,
    elapsed: 500,
    timings: { sent: 1, firstByte: 101, end: 401 },
    ...more,
  };
}

function rowsOf(run: LiveRun): RowColumns {
  return JSON.parse(run.rows.after(0)?.json.toString() ?? '{}');
}

test('LiveRun: counts add up, however rows end', () => {
  const { clock, run } = aRun();
  clock.now = 2_050;
  run.add(ok(0));
  const error = failedOutcome({ index: 1, url: 'https://example.com/1' }, new HttpStatusError(503));
  run.add({ ...error, attempts: 4, startedAt: START + 200, elapsed: 1_700 });
  run.add({
    ...ok(2),
    status: 'skipped',
    reason: 'already-there',
    attempts: 0,
    timings: undefined,
  });
  const state = run.state('running');
  assert.deepEqual(state.totals, { ok: 1, skipped: 1, 'not-found': 0, failed: 1, cancelled: 0 });
  assert.deepEqual(
    [state.directory, state.command, state.startedAt, state.elapsed, state.expected, state.bytes],
    ['photos', "flaghoist get --user '***' -i 'a b'", START, 2_000, 4, 100],
  );
  assert.deepEqual(
    state.reasons.map(({ status, reason, rows, example }) => [status, reason, rows, example.url]),
    [
      ['ok', undefined, 1, 'https://example.com/0'],
      ['failed', 'http-503', 1, 'https://example.com/1'],
      ['skipped', 'already-there', 1, 'https://example.com/2'],
    ],
  );
  assert.deepEqual(state.hosts, [{ host: 'example.com', rows: 3, notDone: 1, bytes: 200 }]);
  assert.deepEqual([state.otherHosts, state.leftOut], [0, undefined]);
  const sum = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  assert.deepEqual([sum(state.series.ended), sum(state.series.notDone)], [3, 1]);
  // The row that was skipped ended just now.
  assert.equal(state.series.ended.at(-1), 1);
});

test('LiveRun: rows as the page has them, without secrets, from the directory on', () => {
  const { run } = aRun();
  run.add(ok(0));
  run.add(ok(1, { startedAt: undefined, attempts: 0, path: undefined, timings: undefined }));
  const rows = rowsOf(run);
  assert.deepEqual(rows.url, ['https://example.com/0', 'https://example.com/1']);
  assert.deepEqual(rows.path, ['sub/0.gif', '']);
  assert.deepEqual(
    [rows.start, rows.end],
    [
      [1_000, null],
      [500, 0],
    ],
  );
  assert.deepEqual(
    [rows.sent, rows.firstByte, rows.bodyEnd],
    [
      [1, null],
      [101, null],
      [401, null],
    ],
  );
});

test('LiveRun.note: the load, while requests are allowed', () => {
  const { clock, activity, run } = aRun();
  const loads = [{ inFlight: 3, allowed: 8 }];
  activity.follow({ maxRequests: 20, loads: () => loads });
  run.note();
  loads.pop();
  clock.now = 160;
  run.note();
  const { series } = run.state('running');
  assert.deepEqual(
    [series.inFlight, series.allowed],
    [
      [3, 0],
      [8, null],
    ],
  );
});

test('LiveRun.note: bytes count when they come, not when their file has ended', () => {
  const { clock, activity, run } = aRun();
  const item = { index: 0, url: 'https://example.com/0' };
  const request = { item, url: item.url, attempt: 1, sentAt: 50, offset: 0, length: 4_000 };
  for (const received of [1_000, 3_000]) {
    activity.requests.clear();
    activity.requests.add({ ...request, received });
    clock.now += 100;
    run.note();
  }
  run.add(ok(0, { bytes: 4_000 }));
  const { series, now, bytes } = run.state('running');
  assert.deepEqual(series.bytes.slice(0, 2), [1_000, 2_000]);
  assert.deepEqual([now?.received, bytes], [3_000, 4_000]);
  assert.equal(run.state('complete').now, undefined);
});

test('LiveRun.state: a run that is complete has all the rows that there are', () => {
  const { run } = aRun();
  run.add(ok(0));
  assert.deepEqual([run.state('interrupted').expected, run.state('complete').expected], [4, 1]);
});

test('LiveRun: of a long run not all rows are kept, and it says so', () => {
  const { run } = aRun();
  for (let index = 0; index < 60_000; index++) run.add(ok(index));
  const { leftOut, totals } = run.state('running');
  assert.equal(totals.ok, run.rows.length + (leftOut?.rows ?? 0));
  assert.ok(run.rows.length < 50_000);
});
