import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOf } from '../../../src/source/formats/list-format.ts';

test('formatOf: goes by the extension, gzipped or not, in any case', () => {
  const expected = {
    'a.aria2': 'aria2',
    'a.csv': 'csv',
    'dir.csv/a.TSV.GZ': 'tsv',
    'a.jsonl': 'jsonl',
    'a.ndjson.gz': 'jsonl',
    'a.json': 'json',
    'a.txt': undefined,
    'a.gz': undefined,
    'dir.csv/a': undefined,
    csv: undefined,
    '-': undefined,
  };
  for (const [path, format] of Object.entries(expected)) assert.equal(formatOf(path), format, path);
});
