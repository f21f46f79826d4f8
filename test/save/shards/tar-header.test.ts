import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pack } from 'tar-stream';
import { LONGEST_MEMBER, writeHeader } from '../../../src/save/shards/tar-header.ts';

/** What tar-stream writes. */
async function theirs(name: string, size: number, time: number): Promise<Uint8Array> {
  const archive = pack();
  const first = new Promise<Uint8Array>((resolve) => {
    archive.once('data', (chunk) => resolve(chunk as Uint8Array));
  });
  archive.entry({ name, size, mtime: new Date(time * 1000), mode: 0o644 });
  const header = await first;
  archive.destroy();
  return header;
}

for (const [name, size, time] of [
  ['000010002.jpg', 5, 1_795_970_980],
  ['0.json', 0, 0],
  [`${'9'.repeat(96)}.jpg`, LONGEST_MEMBER, 2 ** 31 - 1],
] as const) {
  test(`writeHeader: the same bytes as tar-stream, for ${name.slice(-12)} of ${size} bytes`, async () => {
    const header = Buffer.alloc(600, 1);
    writeHeader(header, 44, { name, size, time });
    assert.deepEqual(header.subarray(44, 556), Buffer.from(await theirs(name, size, time)));
  });
}

test('writeHeader: a time that does not fit is the last one that does', () => {
  // A server may state any date up to the year 9999.
  const header = Buffer.alloc(512);
  writeHeader(header, 0, { name: 'a', size: 1, time: 253_402_300_799 });
  assert.equal(header.toString('latin1', 136, 148), '77777777777 ');
});

test('writeHeader: a name that does not fit is refused', () => {
  const entry = { name: 'a'.repeat(101), size: 1, time: 1 };
  assert.throws(() => writeHeader(Buffer.alloc(512), 0, entry), RangeError);
});
