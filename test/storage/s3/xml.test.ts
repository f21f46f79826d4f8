import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementsOf, escaped, textOf } from '../../../src/storage/s3/xml.ts';

test('elementsOf: elements of this name alone, with attributes, empty, and cut off', () => {
  const xml = '<R x="1"><KeyCount>2</KeyCount><Key>a</Key><Key y="z">b</Key><Key/><Key>cut';
  assert.deepEqual(elementsOf(xml, 'Key'), ['a', 'b', '']);
  assert.deepEqual(elementsOf('<Key', 'Key'), []);
});

test('textOf: entities are what they stand for, once', () => {
  const xml = '<Key>&quot;a&amp;lt;&#98;&#x63;&unknown;&#x110000;</Key>';
  assert.equal(textOf(xml, 'Key'), '"a&lt;bc&unknown;&#x110000;');
  assert.equal(textOf(xml, 'Code'), undefined);
});

test('escaped: a text is read back as it was', () => {
  assert.equal(textOf(`<a>${escaped('1 < 2 & "3" > 2')}</a>`, 'a'), '1 < 2 & "3" > 2');
});
