import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readList } from '../../src/source/read-list.ts';
import { rowsOf } from './list-of.ts';

const TEXT = '\ufeffhttp://a/é\r\nhttp://a/😀\r\n';

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

for (const [encoding, bytes] of [
  ['UTF-16 LE', Buffer.from(TEXT, 'utf16le')],
  ['UTF-16 BE', utf16be(TEXT)],
  ['UTF-8', Buffer.from(TEXT)],
] as const) {
  for (const size of [1, 3, 7, 1_000]) {
    test(`asUtf8: a list in ${encoding} with a mark, ${size} bytes at a time`, async () => {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      assert.deepEqual(await rowsOf(chunks), ['http://a/é', 'http://a/😀']);
    });
  }
}

for (const [what, bytes, message] of [
  ['UTF-32 LE', [0xff, 0xfe, 0, 0, 0x68, 0, 0, 0], /^stdin: is UTF-32 text: lists are UTF-8/],
  ['UTF-32 BE', [0, 0, 0xfe, 0xff, 0, 0, 0, 0x68], /^stdin: is UTF-32 text/],
  ['half a character', [0xff, 0xfe, 0x00, 0xd8, 0x68, 0x00], /^stdin: begins as utf-16le text/],
  ['half a unit', [0xff, 0xfe, 0x68, 0x00, 0x68], /^stdin: begins as utf-16le text/],
] as const) {
  test(`asUtf8: ${what} is refused in one line`, async () => {
    const stdin = Readable.from([Buffer.from(bytes)]);
    await assert.rejects(Array.fromAsync(readList({ path: '-', stdin })), { message });
  });
}

test('asUtf8: UTF-16 without a mark is known by its first characters', async () => {
  const text = TEXT.slice(1);
  assert.deepEqual(await rowsOf([Buffer.from(text, 'utf16le')]), ['http://a/é', 'http://a/😀']);
  assert.deepEqual(await rowsOf([utf16be(text)]), ['http://a/é', 'http://a/😀']);
});

for (const [start, what] of [
  ['PK\x03\x04', 'a zip archive'],
  ['%PDF-1.7', 'a PDF file'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd'],
  ['<!doctype html>\n', 'an HTML or XML page'],
] as const) {
  test(`asUtf8: ${what} is refused in one line`, async () => {
    const stdin = Readable.from([Buffer.from(start, 'latin1')]);
    await assert.rejects(Array.fromAsync(readList({ path: '-', stdin })), ({ message }) => {
      return new RegExp(`^stdin: is ${what}[^\n]*$`).test(message);
    });
  });
}
