import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import { TarWriter } from '../../../src/save/shards/tar-writer.ts';
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
