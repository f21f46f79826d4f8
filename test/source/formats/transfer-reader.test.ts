import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../list-of.ts';

const MD5 = 'CY9rzUYh03PK3k6DJie09g==';
const checksum = { algorithm: 'md5', hex: '098f6bcd4621d373cade4e832627b4f6' };

test('TransferReader: a URL, its size and its MD5, of which the last ones may be left out', async () => {
  const text = `TsvHttpData-1.0\nhttp://a/1\t4\t${MD5}\r\n\nhttp://a/2\t4\nhttp://a/3\nhttp://a/4\t\t${MD5}\n`;
  const expected = [
    { url: 'http://a/1', size: 4, checksum },
    { url: 'http://a/2', size: 4 },
    { url: 'http://a/3' },
    { url: 'http://a/4', checksum },
  ];
  for (const format of [undefined, 'tsv', 'csv'] as const) {
    assert.deepEqual(await rowsOf(text, { format }), expected);
    assert.deepEqual(await rowsOf([text.slice(0, 9), text.slice(9)], { format }), expected);
  }
});

test('TransferReader: values that make no sense, with their place', async () => {
  const lines = ['a/1\t4', 'http://a/1\tx', 'http://a/1\t4\tabc', `http://a/1\t4\t${MD5}\tmore`];
  assert.deepEqual(await rowsOf(['TsvHttpData-1.0\n', ...lines.map((line) => `${line}\n`)]), [
    'stdin:2:1: "a/1" is not a URL: it does not begin with http:// or https://',
    'stdin:3:12: the size "x" is not a number of bytes',
    'stdin:4:14: the MD5 "abc" is not 16 bytes in base64',
    'stdin:5:39: more than a URL, a size and an MD5',
  ]);
});

test('TransferReader: any other first line is that of a table', async () => {
  const rows = await rowsOf('TsvHttpData-1.0\turl\n1\thttp://a/1\n', { format: 'tsv' });
  assert.deepEqual(rows, [
    { url: 'http://a/1', columns: { 'TsvHttpData-1.0': '1', url: 'http://a/1' } },
  ]);
});
