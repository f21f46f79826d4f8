import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFormat } from '../../../src/source/formats/find-format.ts';

const csv = (delimiter: string) => ({ format: 'csv', delimiter });
const of = (format: string) => ({ format, delimiter: ',' });

for (const [head, said, expected] of [
  ['http://a/1\n', undefined, of('lines')],
  ['url\nhttp://a/1\n', undefined, of('lines')],
  ['# [one]\n\n# two\nhttp://a/1\n', undefined, of('lines')],
  ['[::1]/a\n', undefined, of('lines')],
  ['http://a/1;url\n', undefined, of('lines')],
  ['url;title\n', undefined, csv(';')],
  ['# exported\nid,URL\n', undefined, csv(',')],
  ['"url"\n', undefined, csv(',')],
  ['"http://a/1"\n', undefined, of('jsonl')],
  ['"http://a/1"\n', 'csv', of('jsonl')],
  ['"http://a/1"\n', 'json', of('jsonl')],
  ['title\tlink\n', undefined, csv('\t')],
  ['{"url":"http://a/1"}\n', undefined, of('jsonl')],
  ['[{"url":"http://a/1"}]', undefined, of('json')],
  ['[\n  "http://a/1"]', undefined, of('json')],
  ['url;title\n', 'csv', csv(';')],
  ['url\ttitle\n', 'csv', csv('\t')],
  ['sep=;\nadresse;titel\n', 'csv', csv(';')],
  ['title;a,url\n', 'csv', csv(',')],
  ['a;b\n', 'csv', csv(',')],
  ['http://a/1\n', 'csv', of('lines')],
  ['http://a/1,x\n', 'csv', csv(',')],
  ['a;url\n', 'tsv', csv('\t')],
  ['["http://a/1"]', 'jsonl', of('json')],
  ['{"url":"http://a/1"}\n{"url":"http://a/2"}\n', 'json', of('jsonl')],
  ['url;title\n', 'lines', of('lines')],
] as const) {
  test(`findFormat: ${JSON.stringify(head)}, ${said}`, () => {
    assert.deepEqual(findFormat(head, true, said, undefined), expected);
  });
}

test('findFormat: the column that was asked for shows the delimiter', () => {
  assert.deepEqual(findFormat('adresse;titel\n', true, undefined, 'adresse'), csv(';'));
});

test('findFormat: more text is needed for a first line without an end, and for "["', () => {
  for (const head of ['ur', '[', '[ \n', '# a\n']) {
    assert.equal(findFormat(head, false, undefined, undefined), undefined, head);
  }
  assert.deepEqual(findFormat('["', false, undefined, undefined), of('json'));
});

for (const [head, said, what] of [
  ['\n<!DOCTYPE html>\n', undefined, /^is an HTML or XML page/],
  ['<html>\n', 'csv', /^is an HTML or XML page/],
  ['<?xml version="1.0"?>', undefined, /^is an HTML or XML page/],
  ['{\n  "urls": []\n}\n', 'json', /^is one JSON object, not a list/],
  ['http://a/1\n', 'json', /^is not a list in JSON/],
] as const) {
  test(`findFormat: ${JSON.stringify(head)} is no list`, () => {
    assert.throws(() => findFormat(head, true, said, undefined), {
      name: 'NotAListError',
      message: what,
    });
  });
}
