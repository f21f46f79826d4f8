import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAmount, formatNumber } from '../../../bench/report/amounts.ts';

test('formatNumber: three digits, and all digits before the point', () => {
  const numbers = [0.12345, 1.2345, 12.345, 123.45, 1234.5];
  assert.deepEqual(numbers.map(formatNumber), ['0.123', '1.23', '12.3', '123', '1,235']);
});

test('formatNumber: whole numbers unrounded', () => {
  assert.deepEqual([0, 1, 10_000].map(formatNumber), ['0', '1', '10,000']);
});

test('formatAmount: names the unit', () => {
  assert.equal(formatAmount(0.612, 'seconds'), '0.612 s');
  assert.equal(formatAmount(0.98, 'times'), '0.980 ×');
  assert.equal(formatAmount(600, 'count'), '600');
});

test('formatAmount: the suitable unit of bytes', () => {
  const sizes = [12, 1_200, 84_123_456, 1.5e9];
  assert.deepEqual(
    sizes.map((bytes) => formatAmount(bytes, 'bytes')),
    ['12 B', '1.20 kB', '84.1 MB', '1.50 GB'],
  );
});
