import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EvenPick } from '../../../src/report/page/even-pick.ts';
import { propertyRuns } from '../../support/property-runs.ts';

test('EvenPick: picks as many as wanted, with no gap larger than it has to be', () => {
  const sizes = fc.tuple(fc.nat(300), fc.nat(300)).map((pair) => pair.sort((a, b) => a - b));
  fc.assert(
    fc.property(sizes, ([wanted = 0, all = 0]) => {
      const pick = new EvenPick(wanted, all);
      const picked = Array.from({ length: all }, (_, i) => (pick.next() ? i : -1));
      const places = picked.filter((place) => place >= 0);
      assert.equal(places.length, wanted);
      const gaps = places.map((place, i) => place - (places[i - 1] ?? -1));
      assert.ok(gaps.every((gap) => gap <= Math.ceil(all / wanted)));
    }),
    propertyRuns(),
  );
});

test('EvenPick: more than there should be are not picked', () => {
  const pick = new EvenPick(2, 4);
  assert.equal(Array.from({ length: 100 }, () => pick.next()).filter(Boolean).length, 2);
});
