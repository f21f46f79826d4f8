import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoMore } from '../../examples/styles/room-for-threads.ts';

test('whyNoMore: there is room for the first thread', () => {
  assert.equal(whyNoMore(0), undefined);
});

test('whyNoMore: there is none when a gigabyte is left', (t) => {
  t.mock.method(process, 'availableMemory', () => 999_999_999);
  assert.equal(whyNoMore(1), 'no memory left');
});
