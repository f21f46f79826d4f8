import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK, copyOf, giveBack, takeBlock } from '../../../src/save/files/body-memory.ts';
import { WriteBuffer } from '../../../src/save/files/buffered-writer.ts';

test('giveBack: blocks are used again for other bytes', () => {
  const buffer = new WriteBuffer(0);
  buffer.add(Buffer.alloc(BLOCK + 5, 'a'));
  const { pieces } = buffer.take();
  const places = new Set(pieces.map(({ buffer }) => buffer));
  giveBack(pieces);
  buffer.add(Buffer.alloc(BLOCK + 5, 'b'));
  const again = buffer.take().pieces;
  assert.ok(again.every(({ buffer }) => places.has(buffer)));
  assert.deepEqual(Buffer.concat(again), Buffer.alloc(BLOCK + 5, 'b'));
});

test('copyOf: a piece is used again for a chunk of about its length, and only once at a time', () => {
  const first = copyOf(Buffer.alloc(12_000, 'a'));
  const second = copyOf(Buffer.alloc(12_000, 'b'));
  assert.notEqual(first.buffer, second.buffer);
  giveBack([first]);
  const third = copyOf(Buffer.alloc(11_000, 'c'));
  assert.equal(third.buffer, first.buffer);
  assert.deepEqual(Buffer.from(third), Buffer.alloc(11_000, 'c'));
  assert.deepEqual(Buffer.from(second), Buffer.alloc(12_000, 'b'));
  assert.notEqual(copyOf(Buffer.alloc(12_000)).buffer, first.buffer);
  giveBack([third]);
  // Of another length.
  assert.notEqual(copyOf(Buffer.alloc(40_000)).buffer, first.buffer);
});

test('copyOf: chunks of any length are copied whole', () => {
  for (const length of [0, 1, 1023, 1024, 4096, 4097, 65_535, 65_536, 65_537, 300_000]) {
    const chunk = Buffer.alloc(length, 'x');
    const copy = copyOf(chunk);
    chunk.fill('y');
    assert.deepEqual(Buffer.from(copy), Buffer.alloc(length, 'x'));
    giveBack([copy]);
  }
});

test('giveBack: refuses memory that is free already', () => {
  for (const memory of [copyOf(Buffer.alloc(12_000)), takeBlock()]) {
    giveBack([memory]);
    assert.throws(() => giveBack([memory]), /given back twice/);
  }
});

test('giveBack: keeps no more than a few MB', () => {
  const pieces = Array.from({ length: 200 }, () => copyOf(Buffer.alloc(64 * 1024)));
  const places = new Set(pieces.map(({ buffer }) => buffer));
  giveBack(pieces);
  const again = Array.from({ length: 200 }, () => copyOf(Buffer.alloc(64 * 1024)));
  const used = again.filter(({ buffer }) => places.has(buffer)).length;
  assert.ok(used > 0 && used <= 64, `${used} of 200 were kept`);
});

test('giveBack: leaves memory of Node’s pool alone, whatever its size', (t) => {
  const { poolSize } = Buffer;
  t.after(() => {
    Buffer.poolSize = poolSize;
    // Uses up the pool that the test made: other tests get a usual one.
    for (let i = 0; i < 300; i++) Buffer.from(Buffer.alloc(1000));
  });
  // Node makes the pool a little larger than requested.
  const more = Buffer.from(Buffer.alloc(1)).buffer.byteLength - poolSize;
  Buffer.poolSize = BLOCK - more;
  // The current pool is used up first.
  const few = new WriteBuffer(BLOCK);
  for (let i = 0; i < 200; i++) few.add(Buffer.alloc(1000, 'pooled'));
  const { pieces } = few.take();
  assert.ok(pieces.some(({ buffer }) => buffer.byteLength === BLOCK));
  const before = Buffer.concat(pieces);
  giveBack(pieces);
  const many = new WriteBuffer(0);
  many.add(Buffer.alloc(4 * BLOCK, 'many'));
  assert.deepEqual(Buffer.concat(pieces), before);
  many.clear();
});
