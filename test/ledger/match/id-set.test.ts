import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdSet } from '../../../src/ledger/match/id-set.ts';

test('IdSet has the ids that were added, up to its last', () => {
  const set = new IdSet(1000);
  const added = [0, 1, 7, 8, 31, 32, 33, 999, 1000];
  for (const id of added) set.add(id);
  const found = Array.from({ length: 2000 }, (_, id) => id).filter((id) => set.has(id));
  assert.deepEqual(found, added);
  assert.equal(set.size, added.length);
});
