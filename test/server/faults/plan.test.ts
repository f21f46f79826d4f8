import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFault } from '../../../src/server/faults/parse-fault.ts';
import { planOf } from '../../../src/server/faults/plan.ts';

const plan = (specs: readonly string[], rate = 1, seed = 7) =>
  planOf(specs.map(parseFault), rate, seed);

test('planOf: a single fault of requests is for all requests, and no connection', () => {
  const { forRequest, forConnection, whole } = plan(['truncate']);
  assert.equal(forRequest('/a', 0)?.spec, 'truncate');
  assert.equal(forRequest('/a', 1_000)?.spec, 'truncate');
  assert.equal(forConnection(0), undefined);
  assert.equal(whole, undefined);
});

test('planOf: counts the requests of each path for `times`', () => {
  const { forRequest } = plan(['truncate:times=2']);
  const had = (path: string) => [0, 1, 2].map((nth) => forRequest(path, nth) !== undefined);
  assert.deepEqual(
    [had('/a'), had('/b')],
    [
      [true, true, false],
      [true, true, false],
    ],
  );
});

test('planOf: a share of the requests, the same for the same seed', () => {
  const paths = Array.from({ length: 10_000 }, (_, i) => `/${i}`);
  const hit = (seed: number) =>
    paths.filter((path) => plan(['truncate'], 0.05, seed).forRequest(path, 0));
  assert.deepEqual(hit(1), hit(1));
  assert.notDeepEqual(hit(1), hit(2));
  assert.ok(Math.abs(hit(1).length - 500) < 100, String(hit(1).length));
});

test('planOf: draws evenly from several faults, even with those of connections', () => {
  const { forRequest, forConnection } = plan(
    ['truncate', 'reset', 'reset-connection', 'empty'],
    0.4,
  );
  const counts = new Map<string, number>();
  for (let i = 0; i < 10_000; i++) {
    for (const one of [forRequest(`/${i}`, 0), forConnection(i)]) {
      if (one !== undefined) counts.set(one.spec, (counts.get(one.spec) ?? 0) + 1);
    }
  }
  assert.equal(counts.size, 4);
  for (const [spec, count] of counts) {
    assert.ok(Math.abs(count - 1_000) < 150, `${spec} ${count}`);
  }
});

test('planOf: a fault of the whole server cannot be combined', () => {
  assert.equal(plan(['tls-expired']).whole?.spec, 'tls-expired');
  assert.throws(() => plan(['empty', 'tls-expired']), {
    name: 'RangeError',
    message: 'tls-expired is about the server as a whole: it cannot be one of several',
  });
});
