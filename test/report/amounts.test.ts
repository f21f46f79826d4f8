import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, formatTime } from '../../src/report/amounts.ts';

test('formatBytes: three digits and a unit', () => {
  const amounts = [0, 999, 1000, 1_234_567, 999_960, 5e20].map(formatBytes);
  assert.deepEqual(amounts, ['0 B', '999 B', '1.0 kB', '1.2 MB', '1.0 MB', '500000.0 PB']);
});

test('formatBytes: no fractions of a byte', () => {
  assert.deepEqual([0.9758, 1.4, 999.7].map(formatBytes), ['1 B', '1 B', '1.0 kB']);
});

test('formatTime: seconds, minutes or hours', () => {
  const times = [0, 4210, 59_949, 59_950, 83_400, 3_600_000, 90_061_000].map(formatTime);
  assert.deepEqual(times, ['0.0 s', '4.2 s', '59.9 s', '1m 0s', '1m 23s', '1h 0m', '25h 1m']);
});

test('formatCount: groups of three digits', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
});
