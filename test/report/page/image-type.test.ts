import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { IMAGE_HEAD, imageType } from '../../../src/report/page/image-type.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

for (const [type, head] of [
  ['image/gif', 'GIF89a....'],
  ['image/png', '\x89PNG\r\n\x1a\n....'],
  ['image/jpeg', '\xff\xd8\xff\xe0....'],
  ['image/webp', 'RIFF....WEBPVP8 '],
  ['image/avif', '\0\0\0\x1cftypavif....'],
  ['image/bmp', 'BM....\0\0\0\0....'],
  ['image/x-icon', '\0\0\x01\0....'],
  ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['image/svg+xml', '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- > -->\n<!DOCTYPE svg>\n<svg>'],
] as const) {
  test(`imageType: ${JSON.stringify(head)} is ${type}`, () => {
    assert.equal(imageType(bytes(head)), type);
  });
}

for (const head of ['', 'GIF', '<html><svg>', '<!-- <svg> -->', 'RIFF....WAVE', '%PDF-1.7 BM']) {
  test(`imageType: ${JSON.stringify(head)} is no picture`, () => {
    assert.equal(imageType(bytes(head)), undefined);
  });
}

test('imageType: a flag is a GIF', async () => {
  const flag = await readFile(new URL('../../../assets/flags/br.gif', import.meta.url));
  assert.equal(imageType(flag.subarray(0, IMAGE_HEAD)), 'image/gif');
});

test('imageType: no head takes it long', () => {
  const worst = '<!---->'.repeat(IMAGE_HEAD / 7);
  const begun = process.cpuUsage();
  assert.equal(imageType(bytes(worst)), undefined);
  assert.ok(process.cpuUsage(begun).user < 100_000);
});
