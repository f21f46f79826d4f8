import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HashFilter } from '../../src/ledger/hash-filter.ts';
import { hashedIdentity } from '../../src/ledger/row-identity.ts';

function hashOf(occurrence: number): number {
  return hashedIdentity('https://example.com/', null, occurrence).hash;
}

test('HashFilter has what was added, and hardly anything else', () => {
  const filter = new HashFilter();
  const hashes = Array.from({ length: 100_000 }, (_, i) => hashOf(i));
  for (const hash of hashes) {
    assert.equal(filter.has(hash), false);
    filter.add(hash);
  }
  assert.ok(hashes.every((hash) => filter.has(hash)));
});
