import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInteger, parseRate } from '../../../src/cli/options/number.ts';

const BOUNDS = { min: 1, max: 1000 };

test('parseInteger takes whole numbers within the bounds, both included', () => {
  assert.equal(parseInteger('1', '--limit N', BOUNDS), 1);
  assert.equal(parseInteger('1000', '--limit N', BOUNDS), 1000);
});

for (const [text, message] of [
  ['0', '--limit N must be >= 1'],
  ['-3', '--limit N must be >= 1'],
  ['1001', '--limit N must be <= 1000'],
  ['1.5', "--limit N must be a whole number, not '1.5'"],
  ['ten', "--limit N must be a whole number, not 'ten'"],
  ['', "--limit N must be a whole number, not ''"],
] as const) {
  test(`parseInteger refuses '${text}'`, () => {
    assert.throws(() => parseInteger(text, '--limit N', BOUNDS), { name: 'UsageError', message });
  });
}

test('parseRate takes numbers from 0 to 1', () => {
  const rates = ['0', '1', '.5', '0.25', '1.0'].map((text) => parseRate(text, '--error-rate R'));
  assert.deepEqual(rates, [0, 1, 0.5, 0.25, 1]);
});

for (const [text, message] of [
  ['1.01', '--error-rate R must be <= 1'],
  ['-0.1', '--error-rate R must be >= 0'],
  ['25%', "--error-rate R must be a number from 0 to 1, not '25%'"],
  ['', "--error-rate R must be a number from 0 to 1, not ''"],
] as const) {
  test(`parseRate refuses '${text}'`, () => {
    assert.throws(() => parseRate(text, '--error-rate R'), { name: 'UsageError', message });
  });
}
