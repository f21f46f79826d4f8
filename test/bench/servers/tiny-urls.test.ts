import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyBlocks, tinyPath } from '../../../bench/servers/tiny-urls.ts';

test('tinyPath: a thousand files in each directory', () => {
  assert.equal(tinyPath(0), '/tiny/0000/0000000');
  assert.equal(tinyPath(999_999), '/tiny/0999/0999999');
});

test('tinyBlocks: all rows, the last block with the rest', () => {
  const blocks = [...tinyBlocks('http://host', 1_001)];
  assert.deepEqual(
    blocks.map(({ rows }) => rows),
    [1_000, 1],
  );
  assert.equal(blocks[1]?.lines, 'http://host/tiny/0001/0001000\n');
});
