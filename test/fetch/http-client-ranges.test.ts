import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { type TestContext, test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { ByteRangeError, HttpStatusError } from '../../src/model/failure.ts';
import { reasonOf } from '../../src/model/reason.ts';
import type { FetchRequest } from '../../src/model/response.ts';
import { Body } from '../support/body.ts';
import { serveHttp } from '../support/tiny-server.ts';

const DATE = 'Sun, 22 Nov 2026 10:00:00 GMT';
const PART = { bytes: 3, etag: '"x"', lastModified: DATE };

type Answer = readonly [status: number, headers: OutgoingHttpHeaders, body: string];

/** Sends a request to a server that gives these answers one after another. */
async function ask(
  t: TestContext,
  request: Partial<FetchRequest>,
  answers: readonly Answer[],
  options: HttpOptions = {},
) {
  const seen: IncomingHttpHeaders[] = [];
  const { url } = await serveHttp(t, (asked, response) => {
    const [status, headers, body] = answers[seen.length] ?? [500, {}, ''];
    seen.push(asked.headers);
    response.writeHead(status, headers).end(body);
  });
  await using client = new HttpClient(options);
  const body = new Body();
  try {
    const received = await client.get({ url, ...request }, body, {});
    return { ...received, seen, body, error: undefined };
  } catch (error) {
    return { head: undefined, bytes: 0, seen, body, error };
  }
}

const rest = (headers: OutgoingHttpHeaders = {}, body = '89a'): Answer => [
  206,
  { 'content-range': `bytes 3-5/6`, etag: '"x"', ...headers },
  body,
];

test('HttpClient.get: asks for the rest of a part', async (t) => {
  const { head, bytes, body, seen } = await ask(t, { part: PART }, [rest()]);
  assert.deepEqual([seen[0]?.range, seen[0]?.['if-range']], ['bytes=3-', '"x"']);
  assert.deepEqual([head?.httpStatus, head?.offset, head?.length, bytes], [206, 3, 6, 3]);
  assert.equal(body.text, '89a');
});

test('HttpClient.get: accepts the rest when the total was known before', async (t) => {
  const part = { ...PART, length: 6 };
  const { head, bytes } = await ask(t, { part }, [rest({ 'content-range': 'bytes 3-5/*' })]);
  assert.deepEqual([head?.offset, head?.length, bytes], [3, 6, 3]);
});

test('HttpClient.get: takes the whole file when it has changed, or the server sends no ranges', async (t) => {
  const { head, body } = await ask(t, { part: PART }, [[200, { etag: '"y"' }, 'GIF89b']]);
  assert.deepEqual([head?.offset, head?.etag, body.text], [0, '"y"', 'GIF89b']);
});

test('HttpClient.get: asks for the whole file when the part has no version', async (t) => {
  const { seen } = await ask(t, { part: { bytes: 3 } }, [[200, {}, 'GIF89a']]);
  assert.deepEqual([seen[0]?.range, seen[0]?.['if-range']], [undefined, undefined]);
});

for (const [what, answer] of [
  ['starts elsewhere', rest({ 'content-range': 'bytes 0-2/6' })],
  ['does not say where it starts', [206, { etag: '"x"' }, '89a']],
  ['has several ranges', [206, { 'content-type': 'multipart/byteranges; boundary=x' }, '--x']],
  ['is of another version', rest({ etag: '"y"' })],
  [
    'is of another date',
    rest({ etag: undefined, 'last-modified': 'Sun, 22 Nov 2026 11:00:00 GMT' }),
  ],
  ['leaves open where it ends', rest({ 'content-range': 'bytes 3-5/*' })],
  ['is longer than it says', rest({}, '89a and more')],
  ['is beyond the end', [416, { 'content-range': 'bytes */2' }, 'No']],
] as const) {
  test(`HttpClient.get: range when the response ${what}`, async (t) => {
    const headers = Object.fromEntries(
      Object.entries(answer[1]).filter(([, value]) => value !== undefined),
    ) as OutgoingHttpHeaders;
    const length = { 'content-length': answer[2].length };
    const { error, body } = await ask(t, { part: PART }, [
      [answer[0], { ...headers, ...length }, answer[2]],
    ]);
    assert.ok(error instanceof ByteRangeError, String(error));
    assert.equal(reasonOf(error), 'range');
    assert.deepEqual(body.heads, []);
    if (answer[0] === 416) assert.equal(error.length, 2);
  });
}

test('HttpClient.get: truncated when less than the rest comes', async (t) => {
  const { error, bytes } = await ask(t, { part: PART }, [rest({ 'content-range': 'bytes 3-5/9' })]);
  assert.equal(reasonOf(error), 'truncated', `${error} ${bytes}`);
});

test('HttpClient.get: refuses an unasked part of a file', async (t) => {
  const { error } = await ask(t, {}, [rest()]);
  assert.equal(reasonOf(error), 'range');
});

for (const status of [400, 412]) {
  test(`HttpClient.get: asks by date after a ${status} to the ETag`, async (t) => {
    const { seen, head } = await ask(t, { part: PART }, [[status, {}, 'No'], rest()]);
    assert.deepEqual(
      seen.map((headers) => headers['if-range']),
      ['"x"', DATE],
    );
    assert.equal(head?.offset, 3);
  });
}

for (const status of [400, 412]) {
  test(`HttpClient.get: range after a ${status} to both, or when there is no other`, async (t) => {
    const no: Answer = [status, {}, 'No'];
    const both = await ask(t, { part: PART }, [no, no]);
    assert.deepEqual([reasonOf(both.error), both.seen.length], ['range', 2]);
    const only = await ask(t, { part: { bytes: 3, etag: '"x"' } }, [no]);
    assert.deepEqual([reasonOf(only.error), only.seen.length], ['range', 1]);
  });
}

test('HttpClient.get: does not repeat a request for a whole file after a 400', async (t) => {
  const no: Answer = [400, {}, 'No'];
  const whole = await ask(t, {}, [no]);
  assert.deepEqual([reasonOf(whole.error), whole.seen.length], ['http-400', 1]);
});

test('HttpClient.get: 304 when the version is known', async (t) => {
  const known = { etag: 'W/"x"', lastModified: DATE };
  const { error, seen } = await ask(t, { known }, [[304, {}, '']]);
  assert.equal(reasonOf(error), 'http-304');
  assert.deepEqual([seen[0]?.['if-none-match'], seen[0]?.['if-modified-since']], ['W/"x"', DATE]);
});

for (const value of ['7', new Date(Date.now() + 3_600_000).toUTCString()]) {
  test(`HttpClient.get: returns Retry-After: ${value.replace(/\d\d:\d\d:\d\d/, '…')} in ms`, async (t) => {
    const { error } = await ask(t, {}, [[503, { 'retry-after': value }, '']]);
    assert.ok(error instanceof HttpStatusError);
    const ms = error.retryAfter ?? Number.NaN;
    if (value === '7') assert.equal(ms, 7000);
    else assert.ok(ms > 0 && ms <= 3_600_000, `${ms}`);
  });
}

test('HttpClient.get: returns what the head says', async (t) => {
  const headers = {
    etag: 'W/"x"',
    'last-modified': DATE,
    'content-type': 'image/gif',
    'content-disposition': 'attachment; filename="a.gif"',
  };
  const { head, timings } = (await ask(t, {}, [[200, headers, 'GIF']])) as Awaited<
    ReturnType<HttpClient['get']>
  >;
  assert.deepEqual(
    [head.etag, head.lastModified, head.contentType, head.contentDisposition],
    Object.values(headers),
  );
  assert.ok(
    timings.sent >= 0 && timings.firstByte >= timings.sent && timings.end >= timings.firstByte,
  );
});

const SEGMENT = { end: 6, length: 9 };

test('HttpClient.get: asks for a segment of the rest', async (t) => {
  const asked = { part: PART, segment: SEGMENT };
  const answer = rest({ 'content-range': 'bytes 3-5/9' });
  const { head, bytes, body, seen } = await ask(t, asked, [answer]);
  assert.deepEqual([seen[0]?.range, seen[0]?.['if-range']], ['bytes=3-5', '"x"']);
  assert.deepEqual([head?.offset, head?.length, bytes, body.text], [3, 9, 3, '89a']);
});

for (const [what, answer] of [
  ['ends too soon', rest({ 'content-range': 'bytes 3-4/9' }, '89')],
  ['ends too late', rest({ 'content-range': 'bytes 3-6/9' }, '89a ')],
  ['is of a longer file', rest({ 'content-range': 'bytes 3-5/10' })],
  ['is of any file', rest({ 'content-range': 'bytes 3-5/*' })],
  ['is the whole file', [200, { etag: '"x"' }, 'GIF89a123']],
] as const) {
  test(`HttpClient.get: range when the response to a segment ${what}`, async (t) => {
    const { error, body } = await ask(t, { part: PART, segment: SEGMENT }, [answer]);
    assert.ok(error instanceof ByteRangeError, String(error));
    assert.equal(body.text, '');
  });
}
