import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentRate } from '../../src/observe/recent-rate.ts';

/** Notes a number ten times a second, from `from` to `to` ms. */
function run(rate: RecentRate, from: number, to: number, valueAt: (at: number) => number): void {
  for (let at = from; at <= to; at += 100) rate.note(at, valueAt(at));
}

test('RecentRate: of the last seconds, not since the start', () => {
  const rate = new RecentRate(5_000, 0);
  run(rate, 100, 60_000, (at) => at);
  assert.equal(Math.round(rate.perSecond), 1_000);
  run(rate, 60_100, 65_000, (at) => 60_000 + 10 * (at - 60_000));
  assert.ok(rate.perSecond > 9_000, String(rate.perSecond));
  run(rate, 65_100, 71_000, () => 110_000);
  assert.equal(rate.perSecond, 0);
});

test('RecentRate: the time before the number first grows does not count', () => {
  const rate = new RecentRate(5_000, 0);
  run(rate, 100, 3_000, () => 0);
  run(rate, 3_100, 4_000, (at) => at - 3_000);
  assert.equal(Math.round(rate.perSecond), 1_000);
});

test('RecentRate: 0 at first, and where the number falls', () => {
  const rate = new RecentRate(5_000, 0, 100);
  rate.note(100, 200);
  assert.equal(rate.perSecond, 0);
  rate.note(1_000, 50);
  assert.equal(rate.perSecond, 0);
});

test('RecentRate: a number that grows once, and then stays, has a rate for a while', () => {
  const rate = new RecentRate(5_000, 0);
  run(rate, 100, 1_000, () => 0);
  run(rate, 1_100, 2_000, () => 10);
  assert.equal(rate.perSecond, 10);
  run(rate, 2_100, 9_000, () => 10);
  assert.equal(rate.perSecond, 0);
});
