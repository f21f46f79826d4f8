import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyResponse, type Expectation } from '../../src/fetch/classify-response.ts';
import type { RawHead } from '../../src/fetch/transport/request.ts';
import { ByteRangeError, HttpStatusError, ProxyError } from '../../src/model/failure.ts';
import type { Part } from '../../src/model/response.ts';

const NOW = Date.UTC(2026, 10, 22, 10);
const ANY: Expectation = {
  url: 'http://h/a',
  offset: 0,
  part: undefined,
  decode: false,
  maxSize: Number.POSITIVE_INFINITY,
};

function classified(
  status: number,
  headers: RawHead['headers'] = {},
  expected: Partial<Expectation> = {},
) {
  const offset = expected.part?.bytes ?? 0;
  const expectation = { ...ANY, offset, ...expected };
  return classifyResponse({ status, statusText: 'Words', headers }, expectation, () => NOW);
}

function refusal(...parameters: Parameters<typeof classified>): Error {
  const response = classified(...parameters);
  assert.ok(response.kind === 'failure', response.kind);
  return response.error;
}

test('classifyResponse: reports whether the server sends ranges of the file', () => {
  const ranges = (status: number, headers: Record<string, string>, part?: Part) => {
    const response = classified(status, headers, { part });
    return response.kind === 'file' ? response.head.acceptsRanges : undefined;
  };
  assert.equal(ranges(200, { 'accept-ranges': 'bytes' }), true);
  assert.equal(ranges(200, { 'accept-ranges': 'none' }), false);
  assert.equal(ranges(206, { 'content-range': 'bytes 3-5/6' }, { bytes: 3 }), true);
});

test('classifyResponse: returns a file with everything that its head says', () => {
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
    stated: undefined,
  };
  assert.deepEqual(classified(200, headers), { kind: 'file', head, announced: 3, codings: [] });
});

test('classifyResponse: drops what is too long to be recorded', () => {
  const long = 'a'.repeat(8193);
  for (const [name, field] of [
    ['etag', 'etag'],
    ['last-modified', 'lastModified'],
    ['content-type', 'contentType'],
    ['content-disposition', 'contentDisposition'],
  ] as const) {
    const fieldOf = (value: string) => {
      const response = classified(200, { [name]: value });
      return response.kind === 'file' ? response.head[field] : undefined;
    };
    assert.deepEqual([fieldOf(long), fieldOf(long.slice(1))?.length], [undefined, 8192], name);
  }
});

test('classifyResponse: accepts chunks, and refuses other transfer codings', () => {
  for (const header of [
    'chunked',
    'Chunked',
    ', chunked',
    'identity, chunked',
    ['identity', 'chunked'],
  ]) {
    assert.equal(classified(200, { 'transfer-encoding': header }).kind, 'file');
  }
  for (const header of ['gzip, chunked', ['gzip', 'chunked'], 'chunkedx', 'xchunked']) {
    const error = refusal(200, { 'transfer-encoding': header });
    assert.equal(error.name, 'ProtocolError');
  }
  const { message } = refusal(200, { 'transfer-encoding': 'gzip , chunked' });
  assert.equal(message, 'a transfer coding that was not asked for: "gzip"');
});

test('classifyResponse: a redirect needs a Location', () => {
  const disposition = 'attachment; filename=b';
  const headers = {
    location: '/b',
    'set-cookie': ['a=1', 'b=2'],
    'content-disposition': disposition,
  };
  const response = classified(302, headers);
  assert.ok(response.kind === 'redirect');
  assert.deepEqual(
    { ...response.redirect },
    {
      location: '/b',
      setCookie: ['a=1', 'b=2'],
      contentDisposition: disposition,
    },
  );
  assert.ok(refusal(302) instanceof HttpStatusError);
  assert.ok(refusal(300, headers) instanceof HttpStatusError);
});

test('classifyResponse: Retry-After counts from now', () => {
  const error = refusal(429, { 'retry-after': new Date(NOW + 5000).toUTCString() });
  assert.ok(error instanceof HttpStatusError);
  assert.equal(error.retryAfter, 5000);
});

test('classifyResponse: 407 comes from a proxy', () => {
  assert.ok(refusal(407) instanceof ProxyError);
});

test('classifyResponse: the length of a decoded file is unknown', () => {
  const headers = { 'content-length': '30', 'content-encoding': 'gzip' };
  const decoded = classified(200, headers, { decode: true, maxSize: 5 });
  assert.ok(decoded.kind === 'file');
  assert.deepEqual(
    [decoded.head.length, decoded.announced, decoded.codings],
    [undefined, 30, ['gzip']],
  );
  assert.equal(refusal(200, headers, { maxSize: 5 }).name, 'TooLargeError');
});

test('classifyResponse: compares the total with the longest file wanted', () => {
  const part = { bytes: 3, etag: '"x"' };
  const headers = { 'content-range': 'bytes 3-5/6' };
  assert.equal(refusal(206, headers, { part, maxSize: 5 }).name, 'TooLargeError');
  assert.equal(classified(206, headers, { part, maxSize: 6 }).kind, 'file');
});

test('classifyResponse: the rest of a decoded file must come without a coding', () => {
  const part = { bytes: 3, etag: '"x"' };
  const range = { 'content-range': 'bytes 3-5/6' };
  const headers = { ...range, 'content-encoding': 'gzip' };
  assert.match(
    refusal(206, headers, { part, decode: true }).message,
    /: it sends an encoded part of the file$/,
  );
  assert.equal(classified(206, headers, { part }).kind, 'file');
  for (const plain of [range, { ...range, 'content-encoding': 'identity' }]) {
    assert.equal(classified(206, plain, { part, decode: true }).kind, 'file');
  }
});

test('classifyResponse: returns the cookies that a redirect sets', () => {
  for (const [setCookie, cookies] of [
    [undefined, []],
    ['a=1', ['a=1']],
    [['a=1'], ['a=1']],
  ] as const) {
    const response = classified(302, { location: '/b', 'set-cookie': setCookie as string });
    assert.ok(response.kind === 'redirect');
    assert.deepEqual(response.redirect.setCookie, cookies);
  }
});

test('classifyResponse: 416 means that the file is shorter than the part', () => {
  const part = { bytes: 3, etag: '"x"' };
  for (const [headers, words, length] of [
    [{ 'content-range': 'bytes */2' }, 'the file has 2 bytes', 2],
    [{}, 'the file has fewer bytes', undefined],
  ] as const) {
    const error = refusal(416, headers, { part });
    assert.ok(error instanceof ByteRangeError, String(error));
    assert.equal(error.message, `the server does not send the bytes that were asked for: ${words}`);
    assert.equal(error.length, length);
  }
  assert.ok(refusal(416) instanceof HttpStatusError);
});

test('classifyResponse: announces the rest of a part as its range says', () => {
  const part = { bytes: 3, etag: '"x"' };
  const response = classified(206, { 'content-range': 'bytes 3-8/9' }, { part });
  assert.ok(response.kind === 'file');
  assert.deepEqual([response.announced, response.head.offset, response.head.length], [6, 3, 9]);
});

test('classifyResponse: chunks override a length', () => {
  const headers = { 'transfer-encoding': 'chunked', 'content-length': '5' };
  const response = classified(200, headers);
  assert.ok(response.kind === 'file');
  assert.deepEqual([response.announced, response.head.length], [Number.NaN, undefined]);
});

test('classifyResponse: a file of unknown length is accepted at first', () => {
  assert.equal(classified(200, {}, { maxSize: 5 }).kind, 'file');
  assert.equal(refusal(200, { 'content-length': '6' }, { maxSize: 5 }).name, 'TooLargeError');
});
