import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkReader } from '../../../src/fetch/http1/chunk-reader.ts';
import { ProtocolError } from '../../../src/model/failure.ts';
import { propertyRuns } from '../../support/property-runs.ts';

function read(text: string, reader = new ChunkReader()) {
  const pieces: string[] = [];
  const end = reader.read(Buffer.from(text, 'latin1'), 0, (piece) => {
    pieces.push(Buffer.from(piece).toString('latin1'));
    return true;
  });
  return { body: pieces.join('|'), rest: text.slice(end), isDone: reader.isDone };
}

for (const [what, text, body] of [
  ['no chunk but the last', '0\r\n\r\n', ''],
  ['several', '3\r\nGIF\r\n3\r\n89a\r\n0\r\n\r\n', 'GIF|89a'],
  ['a chunk with line ends in it', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n'],
  ['a size with zeros before it', '0000000000000003\r\nGIF\r\n000\r\n\r\n', 'GIF'],
  ['a size in letters', `a\r\n${'x'.repeat(10)}\r\nA\r\n${'y'.repeat(10)}\r\n0\r\n\r\n`, undefined],
  ['a size of several digits', `1a\r\n${'x'.repeat(26)}\r\n0\r\n\r\n`, 'x'.repeat(26)],
  ['extensions', '3;a=b;c\r\nGIF\r\n0;"d"\r\n\r\n', 'GIF'],
  ['spaces behind a size', '3 \t\r\nGIF\r\n0 \r\n\r\n', 'GIF'],
  ['a tab behind a size', '3\t\r\nGIF\r\n0\t\r\n\r\n', 'GIF'],
  ['lines that end with a bare LF', '3\nGIF\n3;a\n89a\n0\nx: y\n\n', 'GIF|89a'],
  ['trailers', '3\r\nGIF\r\n0\r\nx: y\r\nno trailer\r\n\r\n', 'GIF'],
] as const) {
  test(`ChunkReader: reads ${what}`, () => {
    const got = read(`${text}left over`);
    if (body !== undefined) assert.equal(got.body, body);
    assert.deepEqual([got.rest, got.isDone], ['left over', true]);
  });
}

const LINE = 'a line does not end as it should';

for (const [why, ...texts] of [
  ['the size of a chunk is missing', '\r\n', 'x\r\n', ' 3\r\nGIF\r\n', '-3\r\nGIF\r\n'],
  ['the size of a chunk is missing', '+3\r\nGIF\r\n', ';a\r\nGIF'],
  ['the size of a chunk is not a number', '0x3\r\nGIF\r\n', '3g\r\nGIF\r\n'],
  ['the size of a chunk is too large', '20000000000000\r\n', '00000000000000003\r\nGIF\r\n'],
  ['the size of a chunk is too large', 'ffffffffffffffff\r\n'],
  [LINE, '3\rGIF\r\n', '3;a\rb\r\nGIF', '3\r\nGIF89a\r\n', '3\r\nGIF\rx'],
  [LINE, '3\r\nGIF0\r\n', '0\r\n\rx', '0\r\nx: y\rz'],
] as const) {
  for (const text of texts) {
    test(`ChunkReader: ${JSON.stringify(text)} is refused: ${why}`, () => {
      const message = `the body is not in chunks as it says: ${why}`;
      assert.throws(() => read(text), { name: ProtocolError.name, message });
    });
  }
}

test('ChunkReader: a bare LF anywhere is odd, until it is reset', () => {
  const reader = new ChunkReader();
  read('3;a\r\nGIF\r\n0\r\nx: y\r\n\r\n', reader);
  assert.equal(reader.isOdd, false);
  for (const text of ['3\n', '3;a\n', '1\r\nx\n', '0\r\nx\n', '0\r\n\n']) {
    reader.reset();
    assert.equal(reader.isOdd, false);
    read(text, reader);
    assert.equal(reader.isOdd, true, JSON.stringify(text));
  }
});

test('ChunkReader: the largest size is a safe integer', () => {
  const reader = new ChunkReader();
  assert.deepEqual(read('fffffffffffff\r\nGIF', reader), { body: 'GIF', rest: '', isDone: false });
});

test('ChunkReader: counts the digits of each size separately', () => {
  const text = '0000000000003\r\nGIF\r\n'.repeat(3);
  assert.equal(read(`${text}0000000000000\r\n\r\n`).isDone, true);
});

test('ChunkReader: limits extensions and trailers', () => {
  const most = 16 * 1024;
  for (const start of ['3;', '0\r\n']) {
    assert.equal(read(start + 'x'.repeat(most)).isDone, false);
    assert.throws(() => read(start + 'x'.repeat(most + 1)), /too many extensions and trailers/);
  }
  // Of all together: each alone is short enough.
  assert.throws(() => read(`1;${'x'.repeat(100)}\r\ny\r\n`.repeat(200)), ProtocolError);
  const reader = new ChunkReader();
  for (let i = 0; i < 10; i++) {
    assert.equal(read(`0;${'x'.repeat(10_000)}\r\n\r\n`, reader).isDone, true);
    reader.reset();
  }
});

test('ChunkReader: can be reset anywhere', () => {
  const reader = new ChunkReader();
  for (const begun of ['', '2', '3\r', '3;', '9\r\nGIF', '3\r\nGIF\r', '0\r\nx', '0\r\n\r\n']) {
    read(begun, reader);
    reader.reset();
    assert.equal(read('3\r\nGIF\r\n0\r\n\r\n', reader).body, 'GIF');
    reader.reset();
  }
});

test('ChunkReader: restores any body from any chunks, cut anywhere, stopped anywhere', () => {
  const part = fc.record({
    data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    extension: fc.constantFrom('', ';a', ';a="b"'),
  });
  const property = fc.property(
    fc.array(part),
    fc.infiniteStream(fc.record({ length: fc.nat({ max: 9 }), goOn: fc.boolean() })),
    (parts, steps) => {
      const frames = parts.map(({ data, extension }) => [
        Buffer.from(`${data.length.toString(16)}${extension}\r\n`),
        data,
        Buffer.from('\r\n'),
      ]);
      const bytes = Buffer.concat([...frames.flat(), Buffer.from('0\r\n\r\n')]);
      const reader = new ChunkReader();
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const { length, goOn } = steps.next().value;
        at = reader.read(bytes.subarray(0, at + length + 1), at, (piece) => {
          assert.ok(piece.length > 0);
          pieces.push(Uint8Array.from(piece));
          return goOn;
        });
        assert.equal(reader.isDone, at === bytes.length);
      }
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat(parts.map(({ data }) => data)));
    },
  );
  fc.assert(property, propertyRuns(500));
});
