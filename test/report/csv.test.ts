import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowRecord } from '../../src/model/row-fields.ts';
import { CSV_HEADER, csvLine } from '../../src/report/csv.ts';

const ROW: RowRecord = { index: 0, url: 'https://h/a', status: 'ok', bytes: 5, attempts: 1 };

test('csvLine: has a cell for each name of the header', () => {
  const timed = { ...ROW, queued: 7, sent: 1, firstByte: 2.5, end: 3, message: 'm' };
  const cells = '0,https://h/a,ok,,,5,,1,,,,,,7,,,1,2.5,3,m';
  assert.equal(csvLine(timed).replace(/,*\r\n$/, ''), cells);
  assert.equal(csvLine(timed).split(',').length, CSV_HEADER.split(',').length);
});

const cells: [value: string, cell: string][] = [
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  ['a\nb', 'a\\nb'],
  ['\u001b[2J\u009b\u007f', '\\x1b[2J\\x9b\\x7f'],
  ['\u202egpj', '\\u202egpj'],
  ['=1+1', "'=1+1"],
  ['+a', "'+a"],
  ['-a', "'-a"],
  ['@a', "'@a"],
  ['\ta', '\\ta'],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
  ['', ''],
];

test('csvLine: quotes what has to be, and defuses formulas', () => {
  for (const [name, cell] of cells) {
    const line = csvLine({ ...ROW, name, key: 'k' });
    assert.equal(line.replace(/,+k,\r\n$/, ''), `0,https://h/a,ok,,,5,,1${cell && `,${cell}`}`);
  }
});
