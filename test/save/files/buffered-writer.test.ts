import assert from 'node:assert/strict';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BLOCK, giveBack } from '../../../src/save/files/body-memory.ts';
import {
  BufferedWriter,
  MOST_BUFFERED,
  WriteBuffer,
  writeAllAt,
  writeAt,
} from '../../../src/save/files/buffered-writer.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const PIECES = ['one', 'two, ', 'three'].map((text) => Buffer.from(text));

/** A file whose writes take no more than so many bytes at a time. */
async function fileTaking(
  t: TestContext,
  most: number,
): Promise<{ path: string; file: FileHandle }> {
  const path = join(await temporaryDirectory(t), 'a');
  const file = await open(path, 'wx');
  t.after(() => file.close());
  const write = file.write.bind(file) as (
    data: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ bytesWritten: number }>;
  t.mock.method(
    file,
    'write',
    (data: Uint8Array, offset: number, length: number, position: number) =>
      write(data, offset, Math.min(most, length), position),
  );
  t.mock.method(file, 'writev', async (pieces: readonly Uint8Array[], position: number) => {
    const { bytesWritten } = await write(
      Buffer.concat(pieces).subarray(0, most),
      0,
      most,
      position,
    );
    return { bytesWritten };
  });
  return { path, file };
}

for (const most of [1, 4, 100]) {
  test(`writeAt: writes all of it, ${most} bytes at a time`, async (t) => {
    const { path, file } = await fileTaking(t, most);
    await writeAt(file, Buffer.from('all of it'), 2);
    assert.equal(await readFile(path, 'latin1'), '\0\0all of it');
  });
}

for (const most of [1, 3, 4, 8, 12, 13]) {
  test(`writeAllAt: writes the pieces one after another, ${most} bytes at a time`, async (t) => {
    const { path, file } = await fileTaking(t, most);
    await writeAllAt(file, PIECES, 1);
    await writeAllAt(file, [Buffer.from('.')], 14);
    assert.equal(await readFile(path, 'latin1'), '\0onetwo, three.');
  });
}

test('BufferedWriter: bytes that arrive during a write are written after it', async () => {
  const disk = Promise.withResolvers<void>();
  const writes: string[] = [];
  const writer = new BufferedWriter(3, async () => {
    while (writer.size > 0) {
      writes.push(String(Buffer.concat(writer.take().pieces)));
      await disk.promise;
    }
  });
  assert.equal(writer.push(Buffer.from('abc')), undefined);
  const first = writer.push(Buffer.from('d'));
  writer.push(Buffer.from('efghij'));
  assert.equal(writer.writing, first);
  assert.deepEqual(writes, ['abcd']);
  disk.resolve();
  await writer.flush();
  assert.deepEqual([writes, writer.writing, writer.size], [['abcd', 'efghij'], undefined, 0]);
});

test('BufferedWriter: a failed write is reported by later calls, until clear()', async () => {
  const full = new Error('no space');
  const failures = [full];
  const writer = new BufferedWriter(0, async () => {
    writer.take();
    for (const failure of failures.splice(0)) throw failure;
  });
  await assert.rejects(writer.push(Buffer.from('a')) ?? Promise.resolve(), full);
  assert.equal(writer.hasFailed, true);
  await assert.rejects(writer.push(Buffer.from('b')) ?? Promise.resolve(), full);
  await assert.rejects(writer.flush(), full);
  writer.clear();
  assert.deepEqual([writer.hasFailed, writer.writing, writer.size], [false, undefined, 0]);
  await writer.push(Buffer.from('c'));
  await writer.flush();
});

test('WriteBuffer.add: copies the chunk', () => {
  for (const few of [0, 100]) {
    const buffer = new WriteBuffer(few);
    const chunk = Buffer.from('abc');
    buffer.add(chunk);
    chunk.fill('x');
    assert.equal(buffer.size, 3);
    assert.equal(String(Buffer.concat(buffer.take().pieces)), 'abc');
  }
});

test('WriteBuffer.take: hands over all bytes in order', () => {
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

test('WriteBuffer.add: few bytes take memory of their size, many take blocks', () => {
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

test('WriteBuffer.room: waits once a few blocks are full, until they are taken', async () => {
  const buffer = new WriteBuffer(0);
  buffer.add(Buffer.alloc(MOST_BUFFERED - 1));
  assert.equal(buffer.room(), undefined);
  buffer.add(Buffer.alloc(1));
  const room = buffer.room();
  assert.ok(room instanceof Promise);
  assert.equal(buffer.room(), room);
  giveBack(buffer.take().pieces);
  await room;
  assert.equal(buffer.room(), undefined);
});

test('WriteBuffer.room: allows one block each when many files have blocks', () => {
  const many = Array.from({ length: 40 }, () => new WriteBuffer(0));
  for (const buffer of many) buffer.add(Buffer.alloc(BLOCK - 1));
  assert.ok(many.every((buffer) => buffer.room() === undefined));
  for (const buffer of many) buffer.add(Buffer.alloc(1));
  assert.ok(many.every((buffer) => buffer.room() instanceof Promise));
  for (const buffer of many) buffer.clear();
  many[0]?.add(Buffer.alloc(BLOCK));
  assert.equal(many[0]?.room(), undefined);
});

test('WriteBuffer.fail: rejects current and later waits for room, until clear()', async () => {
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

test('WriteBuffer.clear: drops all bytes, and starts again without blocks', () => {
  const buffer = new WriteBuffer(10);
  buffer.add(Buffer.alloc(11));
  buffer.clear();
  buffer.add(Buffer.from('few'));
  const { pieces, size } = buffer.take();
  assert.deepEqual([size, pieces.map(String)], [3, ['few']]);
  assert.notEqual(pieces[0]?.buffer.byteLength, BLOCK);
});
