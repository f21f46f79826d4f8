import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import { TarWriter } from '../../../src/save/shards/tar-writer.ts';
import type { ObjectDraft } from '../../../src/storage/object-storage.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('TarWriter: members in memory and in files are read back, whatever date a server states', async (t) => {
  const path = join(await temporaryDirectory(t), 'body');
  await writeFile(path, 'file');
  const written: Buffer[] = [];
  const writer = new TarWriter({
    write: async (chunk) => void written.push(Buffer.from(chunk)),
    publish: async () => ({ name: 'a.tar', bytes: 0 }),
    discard: async () => {},
  });
  for (const year of [1970, 2026, 2040, 9999]) {
    const time = Date.UTC(year) / 1000;
    writer.add({ name: `${year}.txt`, size: 6, time }, [Buffer.from('memory')]);
    await writer.addFile({ name: `${year}.bin`, size: 4, time }, path);
  }
  await writer.finish();
  const members: [string, string, number][] = [];
  for await (const member of Readable.from(written).pipe(extract())) {
    const { name, mtime } = member.header;
    members.push([name, (await buffer(member)).toString(), mtime?.getUTCFullYear() ?? 0]);
  }
  assert.deepEqual(members, [
    ['1970.txt', 'memory', 1970],
    ['1970.bin', 'file', 1970],
    ['2026.txt', 'memory', 2026],
    ['2026.bin', 'file', 2026],
    ['2040.txt', 'memory', 2040],
    ['2040.bin', 'file', 2038],
    ['9999.txt', 'memory', 2242],
    ['9999.bin', 'file', 2038],
  ]);
});

/** An object that takes so many chunks, and then fails. */
function failingAfter(chunks: number, failure: Error): ObjectDraft {
  let taken = 0;
  return {
    write: async () => {
      await new Promise((turn) => setImmediate(turn));
      if (++taken > chunks) throw failure;
    },
    publish: () => Promise.reject(failure),
    discard: async () => {},
  };
}

test('TarWriter.addFile: rejects with the error of the storage, which surfaces nowhere else', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  const size = 8 * 1024 * 1024;
  await writeFile(path, Buffer.alloc(size));
  for (const chunks of [0, 1, 20]) {
    const full = new Error('no space');
    const writer = new TarWriter(failingAfter(chunks, full));
    await assert.rejects(writer.addFile({ name: 'large.bin', size, time: 0 }, path), full);
    await assert.rejects(writer.finish(), full);
    await writer.discard();
  }
});

test('TarWriter.room: waits while a few chunks are not written, and rejects with their error', async () => {
  const full = new Error('no space');
  const writer = new TarWriter(failingAfter(1, full));
  const size = 4 * 1024 * 1024;
  writer.add({ name: 'a.bin', size, time: 0 }, [Buffer.alloc(size)]);
  assert.equal(writer.isBehind, true);
  await assert.rejects(async () => {
    for (let room = writer.room(); room !== undefined; room = writer.room()) await room;
  }, full);
  assert.equal(writer.isBehind, true);
  await writer.discard();
});
