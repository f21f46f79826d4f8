import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DownloadError, HttpStatusError, TruncatedError } from '../../src/model/failure.ts';
import {
  cancelledOutcome,
  failedOutcome,
  okOutcome,
  skippedOutcome,
} from '../../src/model/outcome.ts';

const ITEM = { index: 3, url: 'http://h/br.gif' };
const TIMINGS = { sent: 1, firstByte: 2, end: 3 };

test('okOutcome: where the file is, how long, and what the server said of it', () => {
  const head = {
    httpStatus: 203,
    url: ITEM.url,
    offset: 4,
    length: 9,
    etag: '"1"',
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    contentType: 'image/gif',
    address: '192.0.2.1',
  };
  const received = { head, bytes: 5, timings: TIMINGS };
  const saved = { path: 'd/br.gif', bytes: 9, digest: 'sha256:00' };
  assert.deepEqual(okOutcome(ITEM, { received, saved }), {
    item: ITEM,
    status: 'ok',
    path: 'd/br.gif',
    // Of the file, not of the response that brought the rest of it.
    bytes: 9,
    digest: 'sha256:00',
    httpStatus: 203,
    finalUrl: undefined,
    resolvedAddress: '192.0.2.1',
    etag: '"1"',
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    contentType: 'image/gif',
    timings: TIMINGS,
    attempts: 0,
  });
});

test('okOutcome: where the file came from, when that is somewhere else', () => {
  const head = { httpStatus: 200, url: 'http://cdn/1', offset: 0 };
  const received = { head, bytes: 9, timings: TIMINGS };
  const saved = { path: 'd/br.gif', bytes: 9 };
  assert.equal(okOutcome(ITEM, { received, saved }).finalUrl, 'http://cdn/1');
});

test('skippedOutcome: the file that is there, and why it is enough', () => {
  const file = { path: 'd/br.gif', bytes: 9, digest: 'sha256:00' };
  assert.deepEqual(skippedOutcome(ITEM, 'already-there', file), {
    item: ITEM,
    status: 'skipped',
    reason: 'already-there',
    ...file,
    attempts: 0,
  });
});

test('skippedOutcome: there need be no file', () => {
  const { status, reason, path, bytes } = skippedOutcome(ITEM, 'name-skipped');
  assert.deepEqual([status, reason, path, bytes], ['skipped', 'name-skipped', undefined, 0]);
});

for (const status of [404, 410]) {
  test(`failedOutcome: ${status} is not-found, no error`, () => {
    assert.deepEqual(failedOutcome(ITEM, new HttpStatusError(status, 'Nope')), {
      item: ITEM,
      status: 'not-found',
      reason: `http-${status}`,
      bytes: 0,
      httpStatus: status,
      attempts: 0,
    });
  });
}

for (const status of [204, 301, 400, 403, 500, 503]) {
  test(`failedOutcome: ${status} is a failure that keeps it`, () => {
    const cause = new HttpStatusError(status);
    const { error, ...rest } = failedOutcome(ITEM, cause);
    assert.deepEqual(rest, {
      item: ITEM,
      status: 'failed',
      reason: `http-${status}`,
      bytes: 0,
      httpStatus: status,
      attempts: 0,
    });
    assert.ok(error instanceof DownloadError);
    assert.equal(error.cause, cause);
  });
}

test('failedOutcome: no HTTP status where the cause has none', () => {
  const outcome = failedOutcome(ITEM, new TruncatedError(9, 8));
  assert.equal(outcome.httpStatus, undefined);
  assert.equal(outcome.reason, 'truncated');
});

test('failedOutcome: whatever was thrown is the cause', () => {
  for (const cause of ['a string', undefined, null, 42, { code: 'ENOENT' }]) {
    const { status, reason, error } = failedOutcome(ITEM, cause);
    assert.deepEqual([status, reason, error?.cause], ['failed', 'unknown', cause]);
  }
});

test('cancelledOutcome: a reason, and no error', () => {
  assert.deepEqual(cancelledOutcome(ITEM), {
    item: ITEM,
    status: 'cancelled',
    reason: 'cancelled',
    bytes: 0,
    attempts: 0,
  });
});
