import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickLabel, timeTicks } from '../../../web/model/ticks.ts';

test('timeTicks: are round times, no more than asked for', () => {
  assert.deepEqual(timeTicks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(timeTicks(-10, 4_000, 4), [0, 2_000, 4_000]);
  assert.deepEqual(
    timeTicks(0, 500_000, 9),
    [0, 60, 120, 180, 240, 300, 360, 420, 480].map((s) => s * 1000),
  );
  assert.deepEqual(timeTicks(3_000_000, 20_000_000, 4), [7_200_000, 14_400_000]);
  for (const span of [0.3, 7, 99, 750, 12_000, 3e5, 8e6, 9e9, 1e12]) {
    const ticks = timeTicks(0, span, 6);
    assert.ok(ticks.length >= 2 && ticks.length <= 7, `${span}: ${ticks.length}`);
  }
});

test('tickLabel: is as exact as the step', () => {
  assert.equal(tickLabel(0, 100), '0');
  assert.equal(tickLabel(0.25, 0.05), '0.25 ms');
  assert.equal(tickLabel(250, 50), '250 ms');
  assert.equal(tickLabel(1_500, 500), '1.5 s');
  assert.equal(tickLabel(1_050, 50), '1.05 s');
  assert.equal(tickLabel(15_000, 5_000), '15 s');
  assert.equal(tickLabel(125_000, 5_000), '2:05');
  assert.equal(tickLabel(125_500, 500), '2:05.5');
  assert.equal(tickLabel(3_725_000, 60_000), '1:02:05');
  assert.equal(tickLabel(-5_000, 5_000), '−5 s');
});
