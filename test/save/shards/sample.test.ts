import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyName, extensionOf, sampleKey, shardStem } from '../../../src/save/shards/sample.ts';

const URL = 'https://example.com/a/b.PNG?x=1.gif';

for (const [what, item, head, expected] of [
  ['the row’s name', { name: 'a.TIFF' }, { contentType: 'image/png' }, 'tiff'],
  ['the header', {}, { contentDisposition: 'attachment; filename="x.webp"' }, 'webp'],
  ['the media type', {}, { contentType: 'IMAGE/JPEG; q=1' }, 'jpg'],
  [
    'the URL where the media type says nothing',
    {},
    { contentType: 'application/octet-stream' },
    'png',
  ],
  ['the URL after redirects', { url: 'http://h/' }, { url: 'http://h/c.jpeg' }, 'html'],
  [
    'the URL after redirects, for one without',
    { url: 'http://h/a' },
    { url: 'http://h/c.jpeg' },
    'jpg',
  ],
  ['nothing', { url: 'http://h/a' }, {}, 'bin'],
  ['an inherited word', { url: 'http://h/a' }, { contentType: 'constructor' }, 'bin'],
] as const) {
  test(`extensionOf: from ${what}`, () => {
    const row = { index: 0, url: URL, ...item };
    const response = { httpStatus: 200, url: row.url, offset: 0, ...head };
    assert.equal(extensionOf(row, response), expected);
  });
}

test('sampleKey: the number of the shard and the place, which sort', () => {
  assert.equal(shardStem(12), '00012');
  assert.equal(sampleKey(12, 7, 4), '000120007');
  assert.equal(sampleKey(123_456, 7, 4), '1234560007');
});

test('bodyName: what a sample has besides keeps its name', () => {
  const nameOf = (extension: string) => bodyName({ key: '1', extension });
  assert.deepEqual(['jpg', 'json', 'txt'].map(nameOf), ['1.jpg', '1.file.json', '1.file.txt']);
});
