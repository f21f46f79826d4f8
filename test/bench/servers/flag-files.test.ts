import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from '../../../bench/results/statistics.ts';
import { FLAG_COUNT, flagPath, flagSize, totalSize } from '../../../bench/servers/flag-files.ts';

test('flagSize: as for real flags, median 10 kB and mean 12 kB', () => {
  const sizes = Array.from({ length: FLAG_COUNT }, (_, flag) => flagSize(flag));
  assert.equal(new Set(sizes).size, FLAG_COUNT, 'no two alike');
  assert.equal(Math.round((median(sizes) ?? 0) / 1000), 10);
  assert.equal(Math.round(totalSize(FLAG_COUNT) / FLAG_COUNT / 1000), 12);
});

test('flagPath: the flags in turn, each time under another name', () => {
  const paths = [0, 193, 194].map(flagPath);
  assert.deepEqual(paths, [
    '/flags/000-0000000.gif',
    '/flags/193-0000193.gif',
    '/flags/000-0000194.gif',
  ]);
});

test('totalSize: counts a flag once for each of its rows', () => {
  assert.equal(totalSize(FLAG_COUNT + 1), totalSize(FLAG_COUNT) + flagSize(0));
});
