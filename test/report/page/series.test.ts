import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeriesRecorder } from '../../../src/report/page/series.ts';

const TIMINGS = { sent: 1, firstByte: 11, end: 31 };

test('SeriesRecorder: rows count where they end, bytes where they came, time where it passed', () => {
  const recorder = new SeriesRecorder(10);
  recorder.add({ end: 34, isDone: true, bytes: 200, start: 0, timings: TIMINGS });
  recorder.add({ end: 15, isDone: false, bytes: 0, start: 10 });
  recorder.add({ end: 39, isDone: true, bytes: 0 });
  recorder.note({ at: 12, allowed: 4 });
  recorder.note({ at: 18, allowed: 8 });
  const series = recorder.series(38);
  assert.deepEqual(series, {
    interval: 10,
    ended: [0, 1, 0, 2],
    notDone: [0, 1, 0, 0],
    bytes: [0, 90, 100, 10],
    inFlight: [1, 1.5, 1, 0.4],
    allowed: [null, 8, null, null],
    p50: [null, null, null, series.p50[3]],
    p95: [null, null, null, series.p50[3]],
    p99: [null, null, null, series.p50[3]],
  });
  assert.ok(Math.abs((series.p50[3] ?? 0) - 10) <= 0.1, `${series.p50[3]}`);
});

test('SeriesRecorder: what was seen in flight counts before what rows tell', () => {
  const recorder = new SeriesRecorder(10);
  recorder.add({ end: 20, isDone: true, bytes: 0, start: 0 });
  recorder.note({ at: 1, inFlight: 3, allowed: 5 });
  recorder.note({ at: 2, inFlight: 4, allowed: 5 });
  assert.deepEqual(recorder.series(20).inFlight, [3.5, 1, 0]);
});

test('SeriesRecorder: between two looks a run was as busy as at the second', () => {
  const recorder = new SeriesRecorder(10);
  recorder.note({ at: 5, inFlight: 2 });
  recorder.note({ at: 35, inFlight: 4 });
  assert.deepEqual(recorder.series(40).inFlight, [2, 4, 4, 4]);
});

test('SeriesRecorder: shows a curve, however long the run is and however many rows it has', () => {
  const cases = [
    // [ms, rows, interval that is kept, interval that is shown]
    [500, 20, 10, 20],
    [3_000, 100, 10, 100],
    [16_000, 900, 50, 500],
    [16_000, 900, 100, 500],
    [7_200_000, 300, 20_000, 400_000],
    [7_200_000, 100_000, 20_000, 40_000],
  ] as const;
  for (const [elapsed, rows, kept, shown] of cases) {
    const recorder = new SeriesRecorder(kept);
    for (let i = 0; i < rows; i++) {
      recorder.add({ end: (i * elapsed) / rows, isDone: true, bytes: 0 });
    }
    const { interval, ended } = recorder.series(elapsed);
    assert.equal(interval, shown, `${elapsed} ms`);
    assert.ok(ended.length >= 15 && ended.length <= 240, `${ended.length} intervals`);
  }
});

test('SeriesRecorder: of too many intervals every two become one, and nothing is lost', () => {
  const recorder = new SeriesRecorder(1, 8);
  for (let start = 0; start < 1_000; start++) {
    const timings = { sent: 0, firstByte: start < 500 ? 1 : 8, end: 10 };
    recorder.add({ end: start + 10, isDone: start % 4 > 0, bytes: 3, start, timings });
    if (start < 100) recorder.note({ at: start, inFlight: 10, allowed: start });
  }
  const series = recorder.series(1_010);
  assert.equal(series.interval, 128);
  for (const values of Object.values(series)) if (values !== 128) assert.equal(values.length, 8);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  assert.deepEqual([sum(series.ended), sum(series.notDone)], [1_000, 250]);
  assert.ok(Math.abs(sum(series.bytes) - 3_000) <= 4, `${sum(series.bytes)}`);
  assert.deepEqual(series.allowed, [99, ...Array(7).fill(null)]);
  assert.ok((series.p99[2] ?? 0) < 1.1 && (series.p50[7] ?? 0) > 7.9);
  assert.deepEqual(series.inFlight.slice(0, 7), [10, 10, 10, 10, 10, 10, 10]);
});

test('SeriesRecorder: a run without rows has one interval', () => {
  assert.deepEqual(new SeriesRecorder(1_000).series(0).ended, [0]);
});

test('SeriesRecorder: a clock that was set back does no harm', () => {
  const recorder = new SeriesRecorder(10);
  recorder.add({ end: 5, isDone: true, bytes: 10, start: 4, timings: TIMINGS });
  assert.deepEqual(recorder.series(5).bytes, [10]);
});
