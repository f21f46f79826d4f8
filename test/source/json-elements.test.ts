import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonElements } from '../../src/source/json-elements.ts';
import { MAX_LINE_BYTES } from '../../src/source/line-splitter.ts';

/** The elements of an array that arrives in chunks of this size, as `line:column text`. */
function elementsOf(json: string, size: number): string[] {
  const bytes = Buffer.from(json);
  const source = new JsonElements('list');
  const found = [];
  for (let at = 0; at < bytes.length; at += size) {
    found.push(...source.push(bytes.subarray(at, at + size)));
  }
  found.push(...source.end());
  return found.map(
    ({ number, column, text, problem }) => `${number}:${column} ${problem?.message ?? text}`,
  );
}

test('JsonElements: elements with their places, however the text is cut', () => {
  const json = '[ "a,]\\"[",\n  {"b": [1, {"c": "}"}],\n "d": "ä"} , 7,[ ], null\n]\n';
  const expected = [
    '1:3 "a,]\\"["',
    '2:3 {"b": [1, {"c": "}"}],\n "d": "ä"}',
    '3:15 7',
    '3:17 [ ]',
    '3:22 null',
  ];
  for (const size of [1, 2, 3, 7, 1000]) assert.deepEqual(elementsOf(json, size), expected);
  assert.deepEqual(elementsOf('[]', 1), []);
  assert.deepEqual(elementsOf('["a",]', 1), ['1:2 "a"']);
});

test('JsonElements: an element that is too long is a problem, and reading goes on', () => {
  const json = `["${'x'.repeat(MAX_LINE_BYTES)}", "b"]`;
  const [first, second] = elementsOf(json, 64 * 1024);
  assert.equal(first, `1:2 the element is longer than ${MAX_LINE_BYTES} bytes`);
  assert.equal(second, `1:${json.indexOf('"b"') + 1} "b"`);
});

test('JsonElements: an array that is cut, and text after one, end the list', () => {
  assert.throws(() => elementsOf('["a", "b', 3), {
    message: 'list: its JSON array ends in the middle',
  });
  assert.throws(() => elementsOf('["a"]\n x', 3), {
    message: 'list:2:2: there is text after the JSON array',
  });
});
