import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLine } from '../../src/report/progress-line.ts';

const HALFWAY = { done: 97, total: 194, failed: 2, rate: 22.4, elapsed: 3_400, remaining: 4_600 };

test('progressLine: shows the bar, the counts, the rate, the times and the failures', () => {
  assert.equal(
    progressLine(HALFWAY, 100),
    `${'█'.repeat(20)}${'░'.repeat(20)} 97/194 | 22/s | 0:03 elapsed | 0:05 left | 2 failures`,
  );
});

test('progressLine: fits into the columns there are, down to none', () => {
  for (let columns = 0; columns <= 120; columns++) {
    const line = progressLine(HALFWAY, columns);
    assert.ok(line.length <= columns, `${columns}: ${line}`);
  }
});

test('progressLine: leaves the bar out where there is no room for one', () => {
  assert.equal(progressLine(HALFWAY, 58), '97/194 | 22/s | 0:03 elapsed | 0:05 left | 2 failures');
});

test('progressLine: knows no remaining time before the first row is done', () => {
  const start = { ...HALFWAY, done: 0, rate: 0, elapsed: 0, remaining: Number.POSITIVE_INFINITY };
  assert.match(progressLine(start, 80), /^░+ 0\/194 \| 0\.0\/s \| 0:00 elapsed \| -:-- left/);
});

test('progressLine: shows hours, slow rates and a single failure', () => {
  const slow = { ...HALFWAY, rate: 0.26, elapsed: 3_723_000, remaining: 59_600, failed: 1 };
  assert.match(progressLine(slow, 80), / 0\.3\/s \| 1:02:03 elapsed \| 1:00 left \| 1 failure$/);
});

test('progressLine: is full when there was nothing to do', () => {
  const nothing = { done: 0, total: 0, failed: 0, rate: 0, elapsed: 0, remaining: 0 };
  assert.match(progressLine(nothing, 80), /^█+ 0\/0 /);
});
