import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SAMPLE_SIZE, sniffedType } from '../../../src/fetch/body/sniffed-type.ts';

const flag = await readFile(new URL('../../../assets/flags/br.gif', import.meta.url));

for (const [what, bytes, stated, found] of [
  ['a flag', flag.subarray(0, SAMPLE_SIZE), '', 'image/gif'],
  ['the first bytes of a flag', flag.subarray(0, 20), 'image/png', 'image/gif'],
  ['a page', '\n<!DOCTYPE html><html>', 'image/png', 'text/html'],
  ['a page in capitals', '<HTML><HEAD>', '', 'text/html'],
  ['Markdown that begins with a tag', '<h1 align=center>Tool</h1>', 'text/markdown', undefined],
  ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg">', '', 'image/svg+xml'],
  ['a drawing with a declaration', '<?xml version="1.0"?>\n<!-- a -->\n<svg>', '', 'image/svg+xml'],
  ['other XML', '<?xml version="1.0"?><feed>', '', 'application/xml'],
  ['a text', 'Not found', 'image/png', 'text/plain'],
  ['a text in the place of a text', 'Not found', 'text/csv', undefined],
  ['a message in JSON', '{"error": "kein Bild, schöne Grüße"}', 'audio/mpeg', 'text/plain'],
  ['a picture of text', 'P3 1 1 255 0 0 0', 'image/x-portable-pixmap', undefined],
  ['a playlist', '#EXTM3U', 'audio/x-mpegurl', undefined],
  ['unknown bytes', '\u0000\u0001\u0002', 'image/x-thing', undefined],
  ['nothing', '', 'image/png', undefined],
  ['a long text, cut in a character', 'ö'.repeat(SAMPLE_SIZE), 'image/png', 'text/plain'],
] as const) {
  test(`sniffedType: ${what} is ${found}`, async () => {
    const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    assert.equal(await sniffedType(all.subarray(0, SAMPLE_SIZE - 1), stated), found);
  });
}
