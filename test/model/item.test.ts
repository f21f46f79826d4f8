import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf } from '../../src/model/item.ts';

test('labelOf: the name asked for, else the URL', () => {
  assert.equal(labelOf({ index: 0, url: 'http://h/a', name: 'b' }), 'b');
  assert.equal(labelOf({ index: 0, url: 'http://h/a' }), 'http://h/a');
});
