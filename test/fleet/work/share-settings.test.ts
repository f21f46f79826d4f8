import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Shared, shardsAtATime, shareOf } from '../../../src/fleet/work/share-settings.ts';

test('shareOf: the parts are together what the process may have', () => {
  for (const maxRequests of [1, 2, 5, 6, 64]) {
    const settings = { maxRequests, maxOpenConnections: 3 * maxRequests + 1, bandwidth: 1_000 };
    const of = shardsAtATime(settings, 4);
    assert.equal(of, Math.min(4, maxRequests));
    const parts = Array.from({ length: of }, (_, at) => shareOf(settings, { at, of }));
    const sum = (part: (settings: (typeof parts)[0]) => number) =>
      parts.reduce((total, each) => total + part(each), 0);
    assert.equal(
      sum((each) => each.maxRequests),
      maxRequests,
    );
    assert.equal(
      sum((each) => each.maxOpenConnections),
      settings.maxOpenConnections,
    );
    assert.equal(
      sum((each) => each.bandwidth),
      1_000,
    );
    assert.ok(parts.every((each) => each.maxRequests >= 1));
  }
});

test('shareOf: -m auto is found by each, within a part of the most; what was not given stays so', () => {
  const auto = { maxRequests: 'auto', mostRequests: 10 } as const;
  assert.equal(shardsAtATime(auto, 4), 4);
  assert.equal(shardsAtATime({ ...auto, mostRequests: 3 }, 4), 3);
  assert.deepEqual(shareOf(auto, { at: 1, of: 4 }), {
    ...{ maxRequests: 'auto', mostRequests: 3 },
    ...{ maxOpenConnections: undefined, bandwidth: undefined },
  });
  // The library's default is 5.
  assert.deepEqual(
    [shardsAtATime({}, 8), shareOf<Shared>({}, { at: 0, of: 4 }).maxRequests],
    [5, 2],
  );
});
