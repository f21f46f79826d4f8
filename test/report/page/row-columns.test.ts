import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowColumnsBuilder } from '../../../src/report/page/row-columns.ts';

test('RowColumnsBuilder: a row with all there is to say, and one with nothing', () => {
  const builder = new RowColumnsBuilder();
  const first = {
    index: 7,
    url: 'https://example.com/a',
    status: 'ok',
    httpStatus: 200,
    bytes: 12,
    attempts: 2,
    queued: 3,
    elapsed: 50.123,
    earlierTries: 0.82,
    sent: 1.26,
    firstByte: 20,
    end: 40,
    resolvedAddress: '192.0.2.1',
  } as const;
  builder.add(first, { path: 'x/a', start: 100.06 });
  const second = {
    index: 8,
    url: 'nonsense',
    status: 'failed',
    reason: 'bad-url',
    bytes: 0,
    attempts: 0,
    queued: 3,
    elapsed: 1,
    message: 'no URL',
  } as const;
  builder.add(second, { path: undefined, start: 5 });
  assert.equal(builder.length, 2);
  assert.deepEqual(builder.columns, {
    index: [7, 8],
    url: ['https://example.com/a', 'nonsense'],
    status: ['ok', 'failed'],
    reason: ['', 'bad-url'],
    httpStatus: [200, 0],
    bytes: [12, 0],
    attempts: [2, 0],
    path: ['x/a', ''],
    message: ['', 'no URL'],
    resolvedAddress: ['192.0.2.1', ''],
    duplicateOf: ['', ''],
    start: [100.1, null],
    queued: [3, 0],
    tried: [0.8, 0],
    sent: [1.3, null],
    firstByte: [20, null],
    bodyEnd: [40, null],
    end: [50.1, 0],
  });
});

test('RowColumnsBuilder: a URL is a line that turns nothing around', () => {
  const builder = new RowColumnsBuilder();
  const row = { status: 'ok', bytes: 0, attempts: 1 } as const;
  const placed = { path: undefined, start: undefined };
  builder.add({ index: 0, url: 'https://example.com/\u202egpj.exe', ...row }, placed);
  assert.deepEqual(builder.columns.url, ['https://example.com/\\u202egpj.exe']);
});
