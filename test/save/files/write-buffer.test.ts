import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK, MOST_BUFFERED, reuse, WriteBuffer } from '../../../src/save/files/write-buffer.ts';

test('add: copies, so that the chunk may be used for something else', () => {
  for (const few of [0, 100]) {
    const buffer = new WriteBuffer(few);
    const chunk = Buffer.from('abc');
    buffer.add(chunk);
    chunk.fill('x');
    assert.equal(buffer.size, 3);
    assert.equal(String(Buffer.concat(buffer.take().pieces)), 'abc');
  }
});

test('take: gives all, in order, and leaves nothing', () => {
  const buffer = new WriteBuffer(1000);
  const chunks = Array.from({ length: 3000 }, (_, i) => Buffer.alloc(i % 700, i));
  for (const chunk of chunks) buffer.add(chunk);
  const all = Buffer.concat(chunks);
  assert.equal(buffer.size, all.byteLength);
  const { pieces, size } = buffer.take();
  assert.equal(size, all.byteLength);
  assert.deepEqual(Buffer.concat(pieces), all);
  assert.deepEqual([buffer.size, buffer.take().pieces], [0, []]);
});

test('add: few bytes take memory of just their size, many come in blocks', () => {
  const buffer = new WriteBuffer(10_000);
  buffer.add(Buffer.alloc(6000, 'a'));
  buffer.add(Buffer.alloc(4000, 'b'));
  assert.deepEqual(
    buffer.take().pieces.map(({ byteLength, buffer }) => [byteLength, buffer.byteLength < BLOCK]),
    [
      [6000, true],
      [4000, true],
    ],
  );
  buffer.add(Buffer.alloc(10_000));
  buffer.add(Buffer.alloc(1));
  assert.deepEqual(
    buffer.take().pieces.map(({ byteLength, buffer }) => [byteLength, buffer.byteLength]),
    [[10_001, BLOCK]],
  );
});

test('reuse: blocks serve again, with other bytes in them', () => {
  const buffer = new WriteBuffer(0);
  buffer.add(Buffer.alloc(BLOCK + 5, 'a'));
  const { pieces } = buffer.take();
  const places = new Set(pieces.map(({ buffer }) => buffer));
  reuse(pieces);
  buffer.add(Buffer.alloc(BLOCK + 5, 'b'));
  const again = buffer.take().pieces;
  assert.ok(again.every(({ buffer }) => places.has(buffer)));
  assert.deepEqual(Buffer.concat(again), Buffer.alloc(BLOCK + 5, 'b'));
});

test('room: there is some for a few blocks, and none beyond them until they are taken', async () => {
  const buffer = new WriteBuffer(0);
  buffer.add(Buffer.alloc(MOST_BUFFERED - 1));
  assert.equal(buffer.room(), undefined);
  buffer.add(Buffer.alloc(1));
  const room = buffer.room();
  assert.ok(room instanceof Promise);
  assert.equal(buffer.room(), room);
  reuse(buffer.take().pieces);
  await room;
  assert.equal(buffer.room(), undefined);
});

test('room: where many files have blocks, there is some for one block each', () => {
  const many = Array.from({ length: 40 }, () => new WriteBuffer(0));
  for (const buffer of many) buffer.add(Buffer.alloc(BLOCK - 1));
  assert.ok(many.every((buffer) => buffer.room() === undefined));
  for (const buffer of many) buffer.add(Buffer.alloc(1));
  assert.ok(many.every((buffer) => buffer.room() instanceof Promise));
  for (const buffer of many) buffer.clear();
  many[0]?.add(Buffer.alloc(BLOCK));
  assert.equal(many[0]?.room(), undefined);
});

test('fail: whoever waits for room is told, and whoever comes next, until it begins anew', async () => {
  const buffer = new WriteBuffer(0);
  buffer.add(Buffer.alloc(MOST_BUFFERED));
  const waiting = buffer.room();
  const full = new Error('no space');
  buffer.fail(full);
  await assert.rejects(waiting ?? Promise.resolve(), full);
  await assert.rejects(buffer.room() ?? Promise.resolve(), full);
  buffer.clear();
  assert.equal(buffer.room(), undefined);
});

test('clear: drops all, and what comes then may be few again', () => {
  const buffer = new WriteBuffer(10);
  buffer.add(Buffer.alloc(11));
  buffer.clear();
  buffer.add(Buffer.from('few'));
  const { pieces, size } = buffer.take();
  assert.deepEqual([size, pieces.map(String)], [3, ['few']]);
  assert.notEqual(pieces[0]?.buffer.byteLength, BLOCK);
});

// The last one: the pool that it leaves stays in use.
test('reuse: what lies in a pool of Node, however large that is, is left to others', (t) => {
  const { poolSize } = Buffer;
  t.after(() => {
    Buffer.poolSize = poolSize;
  });
  // Node takes a little more for it than was asked for.
  const more = Buffer.from(Buffer.alloc(1)).buffer.byteLength - poolSize;
  Buffer.poolSize = BLOCK - more;
  // The pool that was begun is used up first.
  const few = new WriteBuffer(BLOCK);
  for (let i = 0; i < 200; i++) few.add(Buffer.alloc(1000, 'pooled'));
  const { pieces } = few.take();
  assert.ok(pieces.some(({ buffer }) => buffer.byteLength === BLOCK));
  const before = Buffer.concat(pieces);
  reuse(pieces);
  const many = new WriteBuffer(0);
  many.add(Buffer.alloc(4 * BLOCK, 'many'));
  assert.deepEqual(Buffer.concat(pieces), before);
  many.clear();
});
