import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FedList } from '../../../bench/measure/fed-list.ts';
import { tinyBlocks } from '../../../bench/servers/tiny-urls.ts';

test('FedList: supplies every line, and counts the rows as they are read', async () => {
  const list = new FedList(tinyBlocks('http://host', 2_500));
  const counts: number[] = [];
  let text = '';
  for await (const lines of list.stdin) {
    text += lines;
    counts.push(list.rows);
  }
  assert.equal(text.split('\n').length - 1, 2_500);
  assert.equal(list.rows, 2_500);
  assert.ok((counts[0] ?? 0) < 2_500, 'not read ahead to the end');
});
