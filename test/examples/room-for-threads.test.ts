import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoMore } from '../../examples/styles/room-for-threads.ts';

test('whyNoMore: undefined for the first thread', () => {
  assert.equal(whyNoMore(0), undefined);
});

test('whyNoMore: no memory left, with less than a gigabyte available', (t) => {
  t.mock.method(process, 'availableMemory', () => 999_999_999);
  assert.equal(whyNoMore(1), 'no memory left');
});
