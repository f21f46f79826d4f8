import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idRangesOf, RecordBatch } from '../../../src/ledger/write/record-batch.ts';

test('RecordBatch.see: puts neighbours in ledger and list together', () => {
  const batch = new RecordBatch();
  const seen = [
    [7, 0],
    [8, 1],
    [9, 2],
    [3, 3],
    [4, 5],
    [5, 6],
  ] as const;
  for (const [id, index] of seen) batch.see(id, index);
  assert.deepEqual(
    [...idRangesOf(batch.places)],
    [
      { first: 7, last: 9, index: 0 },
      { first: 3, last: 3, index: 3 },
      { first: 4, last: 5, index: 5 },
    ],
  );
});
