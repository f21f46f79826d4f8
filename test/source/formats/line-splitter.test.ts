import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter, MAX_LINE_BYTES } from '../../../src/source/formats/line-splitter.ts';

function split(...chunks: (string | Uint8Array)[]) {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk as string)));
  return [...lines, ...splitter.end()].map(({ number, text, problem }) =>
    problem === undefined ? [number, text] : [number, text.length, problem.message],
  );
}

test('LineSplitter: numbers lines, whatever ends them', () => {
  assert.deepEqual(split('a\nb\r\n\nc'), [
    [1, 'a'],
    [2, 'b'],
    [3, ''],
    [4, 'c'],
  ]);
  assert.deepEqual(split(''), []);
});

test('LineSplitter: leaves out byte order marks at the start of lines, and only there', () => {
  assert.deepEqual(split('\ufeffa\n\ufeff\ufeffb\ufeff\nï'), [
    [1, 'a'],
    [2, 'b\ufeff'],
    [3, 'ï'],
  ]);
});

test('LineSplitter: a line that is not UTF-8 is told from the others', () => {
  assert.deepEqual(split('é\n', Uint8Array.of(0x61, 0xe9, 0x0a), 'b'), [
    [1, 'é'],
    [2, 2, 'not UTF-8: byte 2 of the line is 0xe9'],
    [3, 'b'],
  ]);
});

test('LineSplitter: a line that is too long is a problem, in one chunk or in many', () => {
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
