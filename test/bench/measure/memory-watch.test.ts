import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplesBetween } from '../../../bench/measure/memory-watch.ts';

test('samplesBetween: includes the first row, and excludes the last', () => {
  const samples = [0, 10, 19, 20].map((rows) => ({ rows, bytes: rows * 100 }));
  assert.deepEqual(samplesBetween(samples, 10, 20), [1000, 1900]);
});
