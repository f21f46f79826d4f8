import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyFilter } from '../../src/ledger/key-filter.ts';
import { rowKey } from '../../src/ledger/row-key.ts';

function key(number: number): string {
  return rowKey({ url: 'https://example.com/' }, number);
}

test('KeyFilter knows what was added, and hardly anything else', () => {
  const filter = new KeyFilter();
  for (let i = 0; i < 1000; i++) assert.equal(filter.add(key(i)), false);
  for (let i = 0; i < 1000; i++) assert.equal(filter.add(key(i)), true);
});
