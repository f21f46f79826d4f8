import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError } from '../../src/concurrency/errors.ts';
import { errorCode } from '../../src/model/error-code.ts';
import { noteFailedElsewhere } from '../../src/model/failed-elsewhere.ts';
import {
  ByteRangeError,
  ConnectionLostError,
  DeadlineError,
  HttpStatusError,
  ProxyError,
  TruncatedError,
} from '../../src/model/failure.ts';
import { ChecksumError, TooSmallError, WrongTypeError } from '../../src/model/file-errors.ts';
import { reportOf, reportOfFailure } from '../../src/model/request-report.ts';

function withCode(code: string): Error {
  return Object.assign(new Error('no'), { code });
}

test('reportOf: how long the head took, and how many bytes came', () => {
  const head = { httpStatus: 200, url: 'http://h/', offset: 0 };
  const timings = { sent: 100, firstByte: 130, end: 900 };
  assert.deepEqual(reportOf({ head, bytes: 5_000, timings }), {
    latency: 30,
    bytes: 5_000,
    result: 'ok',
  });
});

const RESULTS = {
  overload: [
    ...[429, 502, 503, 504].map((status) => new HttpStatusError(status)),
    ...['ETIMEDOUT', 'ECONNRESET'].map(withCode),
    new DeadlineError('timeout-connect', 1),
    new DeadlineError('timeout-first-byte', 1),
    new DeadlineError('timeout-idle', 1),
    new ConnectionLostError('the server closed the connection'),
  ],
  // Answers: the server had its work with them.
  ok: [304, 400, 401, 403, 404, 410, 416, 451].map((status) => new HttpStatusError(status)),
  failed: [
    ...[500, 501].map((status) => new HttpStatusError(status)),
    ...['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'ENOSPC', 'ERR_INVALID_URL'].map(withCode),
    new TruncatedError(9, 8),
    new ByteRangeError('no'),
    new ChecksumError({ algorithm: 'md5', hex: '00' }, '11'),
    new CancelledError('the run was stopped'),
    undefined,
  ],
} as const;
for (const [result, errors] of Object.entries(RESULTS)) {
  for (const error of errors) {
    const what = errorCode(error) ?? error;
    test(`reportOfFailure: ${what} is ${result}`, () => {
      const { isSaid, latency, bytes, ...report } = reportOfFailure(error, 250);
      assert.deepEqual([latency, bytes, report.result, report.cause], [250, 0, result, error]);
      assert.equal(isSaid, error instanceof HttpStatusError && error.status === 429);
    });
  }
}

test('reportOfFailure: with when to come again the server says that it is asked too often', () => {
  const { isSaid } = reportOfFailure(new HttpStatusError(503, '', 1_000), 250);
  assert.equal(isSaid, true);
});

const SIGNS = {
  answered: [
    new TooSmallError(5, 4),
    new WrongTypeError('text/html', 'image/*'),
    ...[304, 404, 416, 500].map((status) => new HttpStatusError(status)),
    new DeadlineError('timeout-idle', 1),
    new TruncatedError(9, 8),
    new ChecksumError({ algorithm: 'md5', hex: '00' }, '11'),
  ],
  refused: [
    ...[429, 502, 503, 504].map((status) => new HttpStatusError(status)),
    new DeadlineError('timeout-first-byte', 1),
    new ConnectionLostError('the server closed the connection'),
  ],
  unreachable: [
    ...['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'ETIMEDOUT'].map(withCode),
    new DeadlineError('timeout-connect', 1),
    new ProxyError(502),
    Object.assign(new Error('no such name'), { reason: 'dns-not-found' }),
  ],
  none: [
    ...['ENOSPC', 'EMFILE', 'ERR_INVALID_URL'].map(withCode),
    new CancelledError('the run was stopped'),
  ],
} as const;
for (const [sign, errors] of Object.entries(SIGNS)) {
  for (const error of errors) {
    const what = errorCode(error) ?? `${error.name}: ${error.message}`;
    test(`reportOfFailure: ${what}: ${sign}`, () => {
      assert.equal(reportOfFailure(error, 1).sign, sign);
    });
  }
}

test('reportOfFailure: what failed where a redirect led says that the origin answered', () => {
  const error = new HttpStatusError(503, '', 1_000);
  noteFailedElsewhere(error);
  const { result, sign, retryAfter } = reportOfFailure(error, 1);
  assert.deepEqual([result, sign, retryAfter], ['failed', 'answered', undefined]);
});

for (const [status, expected] of [
  [429, 1_000],
  [503, 1_000],
  [500, undefined],
] as const) {
  test(`reportOfFailure: ${status} with Retry-After: ${expected === undefined ? 'is not kept to' : 'is'}`, () => {
    const { retryAfter } = reportOfFailure(new HttpStatusError(status, '', 1_000), 1);
    assert.equal(retryAfter, expected);
  });
}
