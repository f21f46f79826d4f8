import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { unpackPage } from '../../../src/source/parquet/unpack-page.ts';

const BOMB = Buffer.alloc(4_000_000);
const PACKED = {
  GZIP: zlib.gzipSync(BOMB),
  BROTLI: zlib.brotliCompressSync(BOMB),
  ZSTD: zlib.zstdCompressSync(BOMB),
};

test('unpackPage: the bytes, in a buffer of their own', () => {
  for (const codec of ['GZIP', 'BROTLI', 'ZSTD'] as const) {
    const bytes = unpackPage(PACKED[codec], codec, BOMB.length);
    assert.equal(bytes.byteLength, BOMB.length);
    assert.equal(bytes.buffer.byteLength, BOMB.length, codec);
  }
  const stored = Buffer.from('abcdef').subarray(2, 4);
  const bytes = unpackPage(stored, 'UNCOMPRESSED', 2);
  assert.deepEqual([Buffer.from(bytes).toString(), bytes.buffer.byteLength], ['cd', 2]);
  // "abc" as Snappy has it: the length, and a literal of three bytes.
  const snappy = Uint8Array.of(3, 8, 97, 98, 99);
  assert.equal(Buffer.from(unpackPage(snappy, 'SNAPPY', 3)).toString(), 'abc');
});

test('unpackPage: data that would become longer than the page says is not unpacked', () => {
  for (const codec of ['GZIP', 'BROTLI', 'ZSTD'] as const) {
    assert.throws(() => unpackPage(PACKED[codec], codec, 1_000), {
      message: 'the compressed data of a page is damaged',
    });
  }
  for (const length of [2, 4]) {
    assert.throws(() => unpackPage(Uint8Array.of(3, 8, 97, 98, 99), 'SNAPPY', length), {
      message: 'the compressed data of a page is damaged',
    });
  }
  assert.throws(() => unpackPage(Uint8Array.of(1), 'UNCOMPRESSED', 2), {
    message: 'a page has 1 bytes, and should have 2',
  });
  assert.throws(() => unpackPage(Uint8Array.of(1), 'LZO', 2), {
    message: /LZO, which is not read$/,
  });
});
