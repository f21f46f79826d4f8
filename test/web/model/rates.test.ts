import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyOf } from '../../../web/model/latency.ts';
import { peakOf, perSecond, secondsOf } from '../../../web/model/rates.ts';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';
import { stateOf } from '../fixtures/state.ts';

const series = { ...stateOf([]).series, interval: 2_000, ended: [10, 20, 10] };

test('perSecond: has the last interval as long as it has been under way', () => {
  assert.deepEqual(perSecond(series, series.ended, 6_000), [5, 10, 5]);
  assert.deepEqual(perSecond(series, series.ended, 5_000), [5, 10, 10]);
  // It has hardly begun: nothing is made of that.
  assert.deepEqual(perSecond(series, series.ended, 4_001), [5, 10, 5]);
});

test('secondsOf: is where the intervals begin', () => {
  assert.deepEqual(secondsOf(series), [0, 2, 4]);
});

test('peakOf: is the first of the largest; undefined of none', () => {
  assert.deepEqual(peakOf([1, null, 3, 3]), { value: 3, at: 2 });
  assert.equal(peakOf([null, null]), undefined);
});

test('latencyOf: has latencies that rows really had, of those that were answered', () => {
  const rows = Array.from({ length: 100 }, (_, i) => fixtureRow({ sent: 1, firstByte: 2 + i }));
  const { rows: all } = new RowStore(columnsOf([...rows, fixtureRow({ status: 'failed' })]));
  assert.deepEqual(latencyOf(all), { p50: 50, p95: 95, p99: 99, rows: 100 });
  assert.equal(latencyOf(new RowStore().rows), undefined);
});
