import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf, OriginBuckets } from '../../../src/fleet/plan/origin-buckets.ts';

test('bucketOf: rows of an origin share a bucket, and origins are spread', () => {
  assert.equal(bucketOf('https://a.example/1'), bucketOf('https://A.example:443/2?x'));
  assert.equal(bucketOf('no URL'), bucketOf(''));
  const buckets = new Set(
    Array.from({ length: 5_000 }, (_, i) => bucketOf(`http://h${i}.example/`)),
  );
  assert.ok(buckets.size > 500, `${buckets.size} buckets`);
  // Plans of earlier versions have the same buckets.
  assert.equal(bucketOf('http://example.com/'), bucketOf('http://example.com/a'));
});

test('OriginBuckets: a bucket with enough rows is a shard, and the rest comes at the end', () => {
  const buckets = new OriginBuckets({ rows: 2 });
  assert.equal(buckets.add(7, 'a'), undefined);
  assert.equal(buckets.add(3, 'b'), undefined);
  assert.deepEqual(buckets.add(7, 'c'), { bucket: 7, lines: ['a', 'c'] });
  assert.equal(buckets.add(7, 'd'), undefined);
  assert.deepEqual(
    [...buckets.rest()],
    [
      { bucket: 3, lines: ['b'] },
      { bucket: 7, lines: ['d'] },
    ],
  );
  assert.deepEqual([...buckets.rest()], []);
});

test('OriginBuckets: when all are too large together, the largest one is a shard', () => {
  const buckets = new OriginBuckets({ rows: 1_000, memory: 400 });
  assert.equal(buckets.add(1, 'x'.repeat(100)), undefined);
  assert.equal(buckets.add(2, 'y'), undefined);
  assert.deepEqual(buckets.add(2, 'z'.repeat(200)), {
    bucket: 2,
    lines: ['y', 'z'.repeat(200)],
  });
});
