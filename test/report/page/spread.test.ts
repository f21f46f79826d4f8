import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Spread } from '../../../src/report/page/spread.ts';
import { propertyRuns } from '../../support/property-runs.ts';

test('Spread: an amount goes to the intervals in proportion', () => {
  const spread = new Spread(10);
  spread.add(5, 35, 300);
  spread.add(12, 14, 7);
  spread.add(40, 40, 1);
  assert.deepEqual(spread.amounts(6), [50, 107, 100, 50, 1, 0]);
});

test('Spread.widen: every two intervals become one, also for what comes later', () => {
  const spread = new Spread(10);
  spread.add(5, 35, 300);
  spread.widen();
  assert.deepEqual(spread.amounts(2), [150, 150]);
  spread.add(10, 30, 20);
  assert.deepEqual(spread.amounts(3), [160, 160, 0]);
});

test('Spread: nothing is lost, however it is widened', () => {
  const piece = fc.tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(1_000_000), fc.boolean());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const spread = new Spread(10);
      for (const [from, length, amount, widens] of pieces) {
        spread.add(from, from + length, amount);
        if (widens) spread.widen();
      }
      const found = spread.amounts(1_001).reduce((sum, amount) => sum + amount, 0);
      const added = pieces.reduce((sum, [, , amount]) => sum + amount, 0);
      assert.ok(Math.abs(found - added) < 0.01, `${found} of ${added}`);
    }),
    propertyRuns(),
  );
});
