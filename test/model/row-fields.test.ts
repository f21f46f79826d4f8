import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { COLUMN_NAMES } from '../../src/ledger/read/where-columns.ts';
import { COLUMNS } from '../../src/ledger/schema.ts';
import { DownloadError, HttpStatusError } from '../../src/model/failure.ts';
import { ROW_FIELDS, rowRecordOf } from '../../src/model/row-fields.ts';

test('rowRecordOf: a value for each field that the outcome has one for', () => {
  const record = rowRecordOf({
    item: { index: 3, url: 'https://example.com/a', name: 'a' },
    status: 'ok',
    path: 'd/a',
    bytes: 5,
    attempts: 1,
    timings: { sent: 1, firstByte: 2, end: 3 },
    note: 'the length was said twice',
    resolvedAddress: '192.0.2.1',
  });
  const known = Object.entries(record).filter(([, value]) => value !== undefined);
  assert.deepEqual(Object.fromEntries(known), {
    ...{ index: 3, url: 'https://example.com/a', status: 'ok', path: 'd/a', bytes: 5, attempts: 1 },
    ...{ name: 'a', sent: 1, firstByte: 2, end: 3, message: 'the length was said twice' },
    resolvedAddress: '192.0.2.1',
  });
});

test('rowRecordOf: no password, and nothing that steers a terminal', () => {
  const item = { index: 0, url: 'https://user:secret@example.com/a' };
  const error = new DownloadError(item, new HttpStatusError(503, 'Busy\x1b'));
  const finalUrl = 'https://user:secret@cdn.example.com/a';
  const outcome = { item, status: 'failed', bytes: 0, attempts: 1, error, finalUrl } as const;
  const record = rowRecordOf({ ...outcome, contentType: 'a/b\x1b' });
  assert.equal(record.url, 'https://example.com/a');
  assert.equal(record.finalUrl, 'https://cdn.example.com/a');
  assert.equal(record.message, '503 Busy\\x1b');
  assert.equal(record.contentType, 'a/b\\x1b');
});

test('ROW_FIELDS: docs/ledger.md has each column of the view, and each that conditions may name', async () => {
  const docs = await readFile('docs/ledger.md', 'utf8');
  const [view = ''] = /### rows.*?### /s.exec(docs) ?? [];
  for (const column of [...ROW_FIELDS.map(({ column }) => column), ...COLUMNS]) {
    if (column !== 'hash') assert.ok(view.includes(`\`${column}\``), column);
  }
  const [conditions = ''] = /## Conditions.*/s.exec(docs) ?? [];
  for (const name of COLUMN_NAMES.split(', ')) assert.ok(conditions.includes(`\`${name}\``), name);
});
