import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Expectation, judge, type RawHead } from '../../src/fetch/verdict.ts';
import { HttpStatusError, ProxyError } from '../../src/model/failure.ts';
import type { Part } from '../../src/model/response.ts';

const NOW = Date.UTC(2026, 10, 22, 10);
const ANY: Expectation = {
  url: 'http://h/a',
  part: undefined,
  decode: false,
  maxSize: Number.POSITIVE_INFINITY,
};

function verdictOf(
  status: number,
  headers: RawHead['headers'] = {},
  expected: Partial<Expectation> = {},
) {
  return judge({ status, statusText: 'Words', headers }, { ...ANY, ...expected }, () => NOW);
}

function refusal(...parameters: Parameters<typeof verdictOf>): Error {
  const verdict = verdictOf(...parameters);
  assert.ok(verdict.kind === 'refuse', verdict.kind);
  return verdict.error;
}

test('judge: says whether ranges of the file can be had', () => {
  const ranges = (status: number, headers: Record<string, string>, part?: Part) => {
    const verdict = verdictOf(status, headers, { part });
    return verdict.kind === 'take' ? verdict.head.acceptsRanges : undefined;
  };
  assert.equal(ranges(200, { 'accept-ranges': 'bytes' }), true);
  assert.equal(ranges(200, { 'accept-ranges': 'none' }), false);
  assert.equal(ranges(206, { 'content-range': 'bytes 3-5/6' }, { bytes: 3 }), true);
});

test('judge: takes a file, with all that its head says', () => {
  const headers = { 'content-length': '3', etag: '"x"', 'content-type': 'image/gif' };
  const head = {
    httpStatus: 200,
    url: 'http://h/a',
    offset: 0,
    length: 3,
    acceptsRanges: false,
    etag: '"x"',
    lastModified: undefined,
    contentType: 'image/gif',
    contentDisposition: undefined,
  };
  assert.deepEqual(verdictOf(200, headers), { kind: 'take', head, announced: 3, codings: [] });
});

test('judge: a redirect needs a place to lead to', () => {
  const headers = { location: '/b', 'set-cookie': ['a=1', 'b=2'] };
  const verdict = verdictOf(302, headers);
  assert.ok(verdict.kind === 'redirect');
  assert.deepEqual({ ...verdict.redirect }, { location: '/b', setCookie: ['a=1', 'b=2'] });
  assert.ok(refusal(302) instanceof HttpStatusError);
  assert.ok(refusal(300, headers) instanceof HttpStatusError);
});

test('judge: Retry-After counts from now', () => {
  const error = refusal(429, { 'retry-after': new Date(NOW + 5000).toUTCString() });
  assert.ok(error instanceof HttpStatusError);
  assert.equal(error.retryAfter, 5000);
});

test('judge: 407 is a proxy’s', () => {
  assert.ok(refusal(407) instanceof ProxyError);
});

test('judge: an encoded body is as long as it turns out to be', () => {
  const headers = { 'content-length': '30', 'content-encoding': 'gzip' };
  const decoded = verdictOf(200, headers, { decode: true, maxSize: 5 });
  assert.ok(decoded.kind === 'take');
  assert.deepEqual(
    [decoded.head.length, decoded.announced, decoded.codings],
    [undefined, 30, ['gzip']],
  );
  assert.equal(refusal(200, headers, { maxSize: 5 }).name, 'TooLargeError');
});

test('judge: the total counts against the longest file wanted', () => {
  const part = { bytes: 3, etag: '"x"' };
  const headers = { 'content-range': 'bytes 3-5/6' };
  assert.equal(refusal(206, headers, { part, maxSize: 5 }).name, 'TooLargeError');
  assert.equal(verdictOf(206, headers, { part, maxSize: 6 }).kind, 'take');
});

test('judge: the rest of a decoded file must come plain', () => {
  const part = { bytes: 3, etag: '"x"' };
  const headers = { 'content-range': 'bytes 3-5/6', 'content-encoding': 'gzip' };
  assert.equal(refusal(206, headers, { part, decode: true }).name, 'ByteRangeError');
  assert.equal(verdictOf(206, headers, { part }).kind, 'take');
});
