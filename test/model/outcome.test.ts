import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DownloadError, HttpStatusError, TruncatedError } from '../../src/model/failure.ts';
import { cancelledOutcome, failedOutcome, okOutcome } from '../../src/model/outcome.ts';

const ITEM = { index: 3, url: 'http://h/br.gif' };

test('okOutcome: where the file is, how long, and what the server answered', () => {
  assert.deepEqual(okOutcome(ITEM, { path: 'd/br.gif', bytes: 9, httpStatus: 203 }), {
    item: ITEM,
    status: 'ok',
    path: 'd/br.gif',
    bytes: 9,
    httpStatus: 203,
  });
});

for (const status of [404, 410]) {
  test(`failedOutcome: ${status} is not-found, no error`, () => {
    assert.deepEqual(failedOutcome(ITEM, new HttpStatusError(status, 'Nope')), {
      item: ITEM,
      status: 'not-found',
      reason: `http-${status}`,
      bytes: 0,
      httpStatus: status,
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
  });
});
