import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeUtf8, LineSplitter, MAX_LINE_BYTES } from '../../src/source/line-splitter.ts';
import { propertyRuns } from '../support/property-runs.ts';

function split(...chunks: (string | Uint8Array)[]) {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk as string)));
  return [...lines, ...splitter.end()].map(({ number, text, problem }) =>
    problem === undefined ? [number, text] : [number, text.length, problem.message],
  );
}

test('LineSplitter: numbers lines, whichever line end they have', () => {
  assert.deepEqual(split('a\nb\r\n\nc'), [
    [1, 'a'],
    [2, 'b'],
    [3, ''],
    [4, 'c'],
  ]);
  assert.deepEqual(split(''), []);
});

test('LineSplitter: drops byte order marks at the start of lines only', () => {
  assert.deepEqual(split('\ufeffa\n\ufeff\ufeffb\ufeff\nï'), [
    [1, 'a'],
    [2, 'b\ufeff'],
    [3, 'ï'],
  ]);
});

test('LineSplitter: a line that is not UTF-8 has a problem, its neighbours do not', () => {
  assert.deepEqual(split('é\n', Uint8Array.of(0x61, 0xe9, 0x0a), 'b'), [
    [1, 'é'],
    [2, 2, 'not UTF-8: byte 2 of the line is 0xe9'],
    [3, 'b'],
  ]);
});

test('LineSplitter: a line that is too long has a problem, in one chunk or in many', () => {
  const longest = 'x'.repeat(MAX_LINE_BYTES);
  const expected = [
    [1, longest],
    [2, 200, 'the line is longer than 1048576 bytes'],
    [3, 'y'],
  ];
  const content = `${longest}\n${longest}z${longest}\ny`;
  assert.deepEqual(split(content), expected);
  assert.deepEqual(split(...(content.match(/.{1,100000}/gs) ?? [])), expected);
  assert.deepEqual(split(...(content.match(/.{1,700000}/gs) ?? [])), expected);
  assert.deepEqual(split(`${longest}z`).length, 1);
});

const latin1 = (...bytes: number[]): string => Buffer.from(bytes).toString('latin1');

test('decodeUtf8: decodes any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(decodeUtf8(Buffer.from(text).toString('latin1')), text);
    }),
    propertyRuns(),
  );
});

test('decodeUtf8: names the first byte that is not UTF-8', () => {
  const bad = (bytes: string, message: string, offset: number) =>
    assert.throws(() => decodeUtf8(bytes), { name: 'BadValue', message, offset });
  bad(latin1(0x61, 0xe9, 0x62), 'not UTF-8: byte 2 of the line is 0xe9', 1);
  // é, a real U+FFFD, then half a character at the end.
  bad(latin1(0xc3, 0xa9, 0xef, 0xbf, 0xbd, 0xe2, 0x82), 'not UTF-8: byte 6 of the line is 0xe2', 2);
  // Half a surrogate pair, and a slash in two bytes.
  bad(latin1(0xed, 0xa0, 0x80), 'not UTF-8: byte 1 of the line is 0xed', 0);
  bad(latin1(0xc0, 0xaf), 'not UTF-8: byte 1 of the line is 0xc0', 0);
});
