import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemOf, labelOf } from '../../src/model/item.ts';

test('labelOf: the name asked for, else the URL', () => {
  assert.equal(labelOf({ index: 0, url: 'http://h/a', name: 'b' }), 'b');
  assert.equal(labelOf({ index: 0, url: 'http://h/a' }), 'http://h/a');
});

for (const [what, row, expected] of [
  ['a string', 'http://h/a', { index: 5, url: 'http://h/a' }],
  ['a URL', new URL('http://h/b?q#f'), { index: 5, url: 'http://h/b?q#f' }],
  ['a URL with more about it', { url: 'http://h/c' }, { index: 5, url: 'http://h/c' }],
  [
    'details beside a URL object',
    { url: new URL('http://h/d'), name: 'd.gif' },
    { index: 5, url: 'http://h/d', name: 'd.gif' },
  ],
  // Whether it can be downloaded is checked later, so that the row has an outcome.
  ['a malformed URL', 'no url', { index: 5, url: 'no url' }],
] as const) {
  test(`itemOf: makes an item of ${what}`, () => {
    assert.deepEqual(itemOf(row, 5), expected);
  });
}

test('itemOf: the place in the list is that of this list, not of an earlier one', () => {
  const item = { index: 9, url: 'http://h/a' };
  assert.deepEqual(itemOf(item, 0), { index: 0, url: 'http://h/a' });
});
