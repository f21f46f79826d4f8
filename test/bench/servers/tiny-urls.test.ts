import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyBlocks, tinyPath } from '../../../bench/servers/tiny-urls.ts';

test('tinyPath puts a thousand files into each directory', () => {
  assert.equal(tinyPath(0), '/tiny/0000/0000000');
  assert.equal(tinyPath(999_999), '/tiny/0999/0999999');
});

test('tinyBlocks gives all rows, the last block what is left', () => {
  const blocks = [...tinyBlocks('http://host', 1_001)];
  assert.deepEqual(
    blocks.map(({ rows }) => rows),
    [1_000, 1],
  );
  assert.equal(blocks[1]?.lines, 'http://host/tiny/0001/0001000\n');
});
