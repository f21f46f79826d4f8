import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowJson } from '../../../src/save/shards/row-json.ts';
import { RowLines } from '../../../src/save/shards/row-lines.ts';
import { anItem, ok, refused } from '../../ledger/support.ts';

test('rowJson: the record of a saved row, its key and its columns', () => {
  const columns = {
    caption: 'a "dog"\nand \u{1f415} \ud800',
    status: 'blurred',
    key: 'x',
    'a.b': 'https://u:p@h/',
  };
  const item = anItem(3, { url: 'https://u:p@example.com/3', key: 'row-3', columns });
  const outcome = ok(item, { elapsed: 1.23456, etag: '"1"', insecure: true });
  const said = JSON.parse(rowJson(outcome, { key: '000000001', path: '00000.tar/000000001.jpg' }));
  assert.deepEqual(said, {
    key: '000000001',
    path: '00000.tar/000000001.jpg',
    index: 3,
    url: 'https://example.com/3',
    status: 'ok',
    reason: null,
    bytes: 10,
    httpStatus: null,
    attempts: 1,
    etag: '"1"',
    elapsed: 1.235,
    insecure: true,
    rowKey: 'row-3',
    caption: columns.caption,
    'column:status': 'blurred',
    'column:key': 'x',
    'a.b': 'https://h/',
  });
});

test('rowJson: a column with the URL of the row is not there twice', () => {
  const namesOf = (columns: Readonly<Record<string, string>>) => {
    const outcome = ok(anItem(1, { url: 'https://example.com/1', columns }));
    const place = { key: '000000001', path: '00000.tar/000000001.jpg' };
    return Object.keys(JSON.parse(rowJson(outcome, place))).slice(-1);
  };
  assert.deepEqual(namesOf({ caption: 'a', url: 'https://example.com/1' }), ['caption']);
  assert.deepEqual(namesOf({ url: 'example.com/1' }), ['column:url']);
});

test('rowJson: a row that failed has neither a key nor a path', () => {
  const { key, path, status, reason, message } = JSON.parse(rowJson(refused(anItem(1)), undefined));
  assert.deepEqual([key, path, status, reason], [null, null, 'failed', 'http-503']);
  assert.match(message, /503/);
});

test('RowLines: gives back each line, and all of them', () => {
  const lines = new RowLines();
  const texts = Array.from({ length: 3_000 }, (_, i) => `${'ü'.repeat(i % 90)}${i}`);
  for (const text of texts) assert.equal(Buffer.from(lines.add(text)).toString(), text);
  assert.equal(lines.count, 3_000);
  assert.equal(Buffer.from(lines.take()).toString(), `${texts.join('\n')}\n`);
});
