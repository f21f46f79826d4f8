import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListOptions } from '../../../src/source/read-list.ts';
import { rowsOf } from '../list-of.ts';

const jsonl = (content: string, options: Partial<ListOptions> = {}) =>
  rowsOf(content, { format: 'jsonl', ...options });

test('JsonlReader: an object or a string on each line', async () => {
  const list = '{"id":7,"url":"http://a/1","tags":["x"],"none":null}\n\n"http://a/2"\r\n';
  assert.deepEqual(await jsonl(list), [
    {
      url: 'http://a/1',
      columns: { id: '7', url: 'http://a/1', tags: '["x"]', none: '' },
    },
    { url: 'http://a/2', columns: { url: 'http://a/2' } },
  ]);
});

test('JsonlReader: takes the properties that were asked for, where an object has them', async () => {
  const list = `{"u":"http://a/1","n":"x","c":"md5:${'0'.repeat(32)}"}\n{"u":"http://a/2"}\n"http://a/3"`;
  assert.deepEqual(await jsonl(list, { urlColumn: 'u', nameColumn: 'n', checksumColumn: 'c' }), [
    {
      url: 'http://a/1',
      name: 'x',
      checksum: { algorithm: 'md5', hex: '0'.repeat(32) },
      columns: { u: 'http://a/1', n: 'x', c: `md5:${'0'.repeat(32)}` },
    },
    { url: 'http://a/2', columns: { u: 'http://a/2' } },
    { url: 'http://a/3', columns: { u: 'http://a/3' } },
  ]);
});

test('JsonlReader: a bad row names its problem and place, and reading goes on', async () => {
  const list = `{"url":"http://a/1"
[1]
7
{"a":1,"b":2}
{"url":""}
{"a":1,"url":"ftp://a"}
{"url":"http://a/7","constructor":1}
nope\x1b
`;
  assert.deepEqual(await jsonl(list, { nameColumn: 'toString' }), [
    "stdin:1:20: not JSON: Expected ',' or '}' after property value",
    'stdin:2:1: neither an object nor a string',
    'stdin:3:1: neither an object nor a string',
    'stdin:4:1: which column has the URLs? None is called url; the columns are "a", "b"',
    'stdin:5:8: there is no value in the column "url"',
    'stdin:6:14: the scheme "ftp" of "ftp://a" is not supported: only http and https are',
    {
      url: 'http://a/7',
      columns: { url: 'http://a/7', constructor: '1' },
    },
    `stdin:8:1: not JSON: Unexpected token 'o', "nope\\x1b" is not valid JSON`,
  ]);
});

test('JsonlReader: an array, its names and checksums by their headings, places in the text', async () => {
  const sha256 = '0'.repeat(64);
  const list = `[\n {"url": "http://a/1", "filename": "x", "sha256": "${sha256}"},\n "http://a/2", 7,\n {"url": "ftp://a"}]`;
  assert.deepEqual(await rowsOf(list), [
    {
      url: 'http://a/1',
      name: 'x',
      checksum: { algorithm: 'sha256', hex: sha256 },
      columns: { url: 'http://a/1', filename: 'x', sha256 },
    },
    { url: 'http://a/2', columns: { url: 'http://a/2' } },
    'stdin:3:16: neither an object nor a string',
    'stdin:4:10: the scheme "ftp" of "ftp://a" is not supported: only http and https are',
  ]);
});
