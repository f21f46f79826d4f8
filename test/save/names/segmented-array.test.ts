import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SegmentedArray } from '../../../src/save/names/segmented-array.ts';

const FAR = 100_000;

test('SegmentedArray: holds 0 until something is set, and each number where it was set', () => {
  const array = new SegmentedArray(FAR);
  for (let index = 0; index < FAR; index += 7) array.set(index, 2 ** 32 - 1 - index);
  for (let index = 0; index < FAR; index++) {
    assert.equal(array.at(index), index % 7 === 0 ? 2 ** 32 - 1 - index : 0);
  }
});

test('SegmentedArray: keeps what it has when it is extended', () => {
  const array = new SegmentedArray(1);
  array.set(0, 1);
  array.extend(FAR);
  array.set(FAR - 1, 2);
  assert.deepEqual([array.at(0), array.at(1), array.at(FAR - 1)], [1, 0, 2]);
});
