import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Distribution } from '../../../src/report/page/distribution.ts';
import { propertyRuns } from '../../support/property-runs.ts';

function of(...values: number[]): Distribution {
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  return distribution;
}

test('Distribution: a quantile is the value at its rank, 1 % off at most', () => {
  const value = fc.double({ min: 0.02, max: 3_000_000, noNaN: true });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), share, (values, share) => {
      const rank = Math.max(1, Math.ceil(share * values.length));
      const exact = values.toSorted((a, b) => a - b)[rank - 1] ?? 0;
      const found = of(...values).quantile(share) ?? Number.NaN;
      assert.ok(Math.abs(found - exact) <= exact * 0.0101, `${found} for ${exact}`);
    }),
    propertyRuns(),
  );
});

test('Distribution: has no quantile of nothing', () => {
  assert.equal(of().quantile(0.5), null);
});

test('Distribution: what is too short or too long counts as the shortest and the longest', () => {
  assert.ok((of(0).quantile(0.5) ?? 1) < 0.011);
  assert.ok((of(1e12).quantile(0.5) ?? 0) > 3_500_000);
});

test('Distribution.merge: has what both have', () => {
  const one = of(1, 1, 1);
  one.merge(of(100, 100, 100, 100));
  assert.ok(Math.abs((one.quantile(0.4) ?? 0) - 1) < 0.02);
  assert.ok(Math.abs((one.quantile(0.5) ?? 0) - 100) < 2);
});
