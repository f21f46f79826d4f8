import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DownloadError, HttpStatusError } from '../../src/model/failure.ts';
import { doneLine, outcomeLine } from '../../src/report/json.ts';

test('outcomeLine: has the fields of the contract, in order, and those that are known', () => {
  const item = { index: 3, url: 'https://user:secret@example.com/a', name: 'a' };
  const error = new DownloadError(item, new HttpStatusError(503, 'Busy\x1b'));
  const line = outcomeLine({
    item,
    status: 'failed',
    reason: 'http-503',
    bytes: 0,
    httpStatus: 503,
    attempts: 4,
    error,
  });
  assert.equal(
    line,
    '{"type":"outcome","index":3,"url":"https://example.com/a","status":"failed","reason":"http-503",' +
      '"path":null,"bytes":0,"httpStatus":503,"attempts":4,"name":"a","message":"503 Busy\\\\x1b"}\n',
  );
});

test('outcomeLine: of a file that is there', () => {
  const line = outcomeLine({
    item: { index: 0, url: 'https://example.com/a' },
    status: 'ok',
    path: 'a',
    bytes: 5,
    httpStatus: 200,
    attempts: 1,
    elapsed: 12,
    timings: { sent: 1, firstByte: 2, end: 3 },
  });
  assert.deepEqual(JSON.parse(line), {
    type: 'outcome',
    index: 0,
    url: 'https://example.com/a',
    status: 'ok',
    reason: null,
    path: 'a',
    bytes: 5,
    httpStatus: 200,
    attempts: 1,
    elapsed: 12,
    timings: { sent: 1, firstByte: 2, end: 3 },
  });
});

test('doneLine: has the counts and their sum', () => {
  assert.equal(
    doneLine({ ok: 1, skipped: 2, 'not-found': 3, failed: 4, cancelled: 5 }),
    '{"type":"done","total":15,"ok":1,"skipped":2,"notFound":3,"failed":4,"cancelled":5}\n',
  );
});
