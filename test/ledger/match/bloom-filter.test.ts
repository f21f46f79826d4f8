// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BloomFilter } from '../../../src/ledger/match/bloom-filter.ts';
import { hashedIdentity } from '../../../src/ledger/match/previous-records.ts';

function hashOf(occurrence: number): number {
  return hashedIdentity('https://example.com/', null, occurrence).hash;
}

test('BloomFilter: it has every hash that was added, and hardly any other', () => {
  const filter = new BloomFilter();
  const hashes = Array.from({ length: 100_000 }, (_, i) => hashOf(i));
  for (const hash of hashes) {
    assert.equal(filter.has(hash), false);
    filter.add(hash);
  }
  assert.ok(hashes.every((hash) => filter.has(hash)));
});

test('BloomFilter: a full one is wrong about less than one new hash of a hundred', () => {
  const filter = new BloomFilter();
  for (let i = 0; i < 340_000; i++) filter.add(hashOf(i));
  let wrong = 0;
  for (let i = 0; i < 20_000; i++) if (filter.has(hashOf(-1 - i))) wrong++;
  assert.ok(wrong > 0 && wrong < 200, `${wrong}`);
});
