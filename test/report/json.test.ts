import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DownloadError, HttpStatusError } from '../../src/model/failure.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';
import { doneLine, outcomeLine, progressEvent } from '../../src/report/json.ts';
import { request, waiting } from '../observe/under-way.ts';

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

test('outcomeLine: times are to the microsecond', () => {
  const line = outcomeLine({
    item: { index: 0, url: 'https://example.com/a' },
    status: 'ok',
    bytes: 5,
    attempts: 1,
    queued: 0.123456789,
    timings: { sent: 1.00049, firstByte: 2, end: 3.5 },
  });
  assert.match(line, /"queued":0\.123,"timings":\{"sent":1,"firstByte":2,"end":3\.5\}/);
});

test('progressEvent: whole numbers, null for what is not known, and no secrets', () => {
  const url = 'http://u:p@a.example/x';
  const requests = Array.from({ length: 9 }, (_, i) => ({
    ...request(i, 45, i === 0 ? 100 : undefined),
    url,
  }));
  const event = progressEvent({
    progress: {
      ...{
        elapsed: 3_400.4,
        done: 9,
        total: undefined,
        share: 9.5,
        remaining: Number.POSITIVE_INFINITY,
      },
      ...{ bytes: 1_000, bytesPerSecond: 400.123, filesPerSecond: 2.123456 },
      tally: { ...EMPTY_TALLY, ok: 6, skipped: 1, failed: 2 },
    },
    requests,
    waiting: new Set([waiting(0, 9_000.4, { url })]),
    ...{ inFlight: 9, allowed: 20, now: 5_000 },
  });
  const { requests: shown, ...others } = JSON.parse(event);
  assert.deepEqual(others, {
    type: 'progress',
    elapsed: 3400,
    ...{ done: 9, total: null, ok: 6, skipped: 1, notFound: 0, failed: 2 },
    ...{ bytes: 1000, bytesPerSecond: 400, filesPerSecond: 2.123, remaining: null },
    ...{ inFlight: 9, allowed: 20, waiting: 1 },
    waits: [
      {
        url: 'http://a.example/x',
        ...{ reason: 'http-503', httpStatus: 503, attempt: 2, tries: 4, again: 4000 },
      },
    ],
  });
  assert.equal(shown.length, 5);
  const first = { url: 'http://a.example/x', attempt: 1, elapsed: 5000, bytes: 45, length: 100 };
  assert.deepEqual(shown.slice(0, 2), [first, { ...first, length: null }]);
});
