import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK, HeldBytes, MOST_HELD, reuse } from '../../../src/save/files/held-bytes.ts';

test('add: copies, so that the chunk may be used for something else', () => {
  for (const few of [0, 100]) {
    const held = new HeldBytes(few);
    const chunk = Buffer.from('abc');
    held.add(chunk);
    chunk.fill('x');
    assert.equal(held.size, 3);
    assert.equal(String(Buffer.concat(held.take().pieces)), 'abc');
  }
});

test('take: gives all, in order, and leaves nothing', () => {
  const held = new HeldBytes(1000);
  const chunks = Array.from({ length: 3000 }, (_, i) => Buffer.alloc(i % 700, i));
  for (const chunk of chunks) held.add(chunk);
  const all = Buffer.concat(chunks);
  assert.equal(held.size, all.byteLength);
  const { pieces, size } = held.take();
  assert.equal(size, all.byteLength);
  assert.deepEqual(Buffer.concat(pieces), all);
  assert.deepEqual([held.size, held.take().pieces], [0, []]);
});

test('add: few bytes take memory of just their size, many come in blocks', () => {
  const held = new HeldBytes(10_000);
  held.add(Buffer.alloc(6000, 'a'));
  held.add(Buffer.alloc(4000, 'b'));
  assert.deepEqual(
    held.take().pieces.map(({ byteLength, buffer }) => [byteLength, buffer.byteLength < BLOCK]),
    [
      [6000, true],
      [4000, true],
    ],
  );
  held.add(Buffer.alloc(10_000));
  held.add(Buffer.alloc(1));
  assert.deepEqual(
    held.take().pieces.map(({ byteLength, buffer }) => [byteLength, buffer.byteLength]),
    [[10_001, BLOCK]],
  );
});

test('reuse: blocks serve again, with other bytes in them', () => {
  const held = new HeldBytes(0);
  held.add(Buffer.alloc(BLOCK + 5, 'a'));
  const { pieces } = held.take();
  const places = new Set(pieces.map(({ buffer }) => buffer));
  reuse(pieces);
  held.add(Buffer.alloc(BLOCK + 5, 'b'));
  const again = held.take().pieces;
  assert.ok(again.every(({ buffer }) => places.has(buffer)));
  assert.deepEqual(Buffer.concat(again), Buffer.alloc(BLOCK + 5, 'b'));
});

test('room: there is some for a few blocks, and none beyond them until they are taken', async () => {
  const held = new HeldBytes(0);
  held.add(Buffer.alloc(MOST_HELD - 1));
  assert.equal(held.room(), undefined);
  held.add(Buffer.alloc(1));
  const room = held.room();
  assert.ok(room instanceof Promise);
  assert.equal(held.room(), room);
  reuse(held.take().pieces);
  await room;
  assert.equal(held.room(), undefined);
});

test('room: where many files have blocks, there is some for one block each', () => {
  const many = Array.from({ length: 40 }, () => new HeldBytes(0));
  for (const held of many) held.add(Buffer.alloc(BLOCK - 1));
  assert.ok(many.every((held) => held.room() === undefined));
  for (const held of many) held.add(Buffer.alloc(1));
  assert.ok(many.every((held) => held.room() instanceof Promise));
  for (const held of many) held.clear();
  many[0]?.add(Buffer.alloc(BLOCK));
  assert.equal(many[0]?.room(), undefined);
});

test('fail: whoever waits for room is told, and whoever comes next, until it begins anew', async () => {
  const held = new HeldBytes(0);
  held.add(Buffer.alloc(MOST_HELD));
  const waiting = held.room();
  const full = new Error('no space');
  held.fail(full);
  await assert.rejects(waiting ?? Promise.resolve(), full);
  await assert.rejects(held.room() ?? Promise.resolve(), full);
  held.clear();
  assert.equal(held.room(), undefined);
});

test('clear: drops all, and what comes then may be few again', () => {
  const held = new HeldBytes(10);
  held.add(Buffer.alloc(11));
  held.clear();
  held.add(Buffer.from('few'));
  const { pieces, size } = held.take();
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
  const few = new HeldBytes(BLOCK);
  for (let i = 0; i < 200; i++) few.add(Buffer.alloc(1000, 'pooled'));
  const { pieces } = few.take();
  assert.ok(pieces.some(({ buffer }) => buffer.byteLength === BLOCK));
  const before = Buffer.concat(pieces);
  reuse(pieces);
  const many = new HeldBytes(0);
  many.add(Buffer.alloc(4 * BLOCK, 'many'));
  assert.deepEqual(Buffer.concat(pieces), before);
  many.clear();
});
