import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { Body } from '../support/body.ts';
import { serveHttp } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';

const TEXT = 'what the file says';
const ZIPPED = gzipSync(TEXT);

const base64 = (body: string | Buffer) => hash('sha256', body, 'base64');

/** How a response with these headers ends: the body, or the reason and message of the error. */
async function end(
  t: Parameters<typeof serveHttp>[0],
  headers: Record<string, string>,
  body: string | Buffer = TEXT,
) {
  const server = await serveHttp(t, (_, response) => response.writeHead(200, headers).end(body));
  await using client = new HttpClient({ decode: true });
  const taken = new Body();
  try {
    await client.get({ url: server.url }, taken, {});
    return taken.text;
  } catch (error) {
    return `${reasonOf(error)}: ${(error as Error).message}`;
  }
}

test('HttpClient.get: checks a body against all digests of its response', async (t) => {
  const right = {
    'content-md5': hash('md5', TEXT, 'base64'),
    'content-digest': `sha-256=:${base64(TEXT)}:`,
    'repr-digest': `sha-256=:${base64(TEXT)}:`,
    digest: `sha-256=${base64(TEXT)}`,
  };
  assert.equal(await end(t, right), TEXT);
  for (const [header, value] of [
    ['content-md5', hash('md5', 'x', 'base64')],
    ['content-digest', `sha-256=:${base64('x')}:`],
    ['repr-digest', `sha-256=:${base64('x')}:`],
    ['digest', `sha-256=${base64('x')}`],
  ] as const) {
    const ending = await end(t, { ...right, [header]: value });
    assert.match(ending, /^checksum: the (md5|sha256) is \w+, not \w+, which the server says in /);
    assert.ok(ending.endsWith(header), ending);
  }
});

test('HttpClient.get: checks the bytes as they were sent, before decoding', async (t) => {
  const gzip = { 'content-encoding': 'gzip' };
  for (const [field, value] of [
    ['repr-digest', (body: string | Buffer) => `sha-256=:${base64(body)}:`],
    ['content-digest', (body: string | Buffer) => `sha-256=:${base64(body)}:`],
    ['digest', (body: string | Buffer) => `sha-256=${base64(body)}`],
  ] as const) {
    assert.equal(await end(t, { ...gzip, [field]: value(ZIPPED) }, ZIPPED), TEXT);
    assert.match(await end(t, { ...gzip, [field]: value(TEXT) }, ZIPPED), /^checksum: /);
  }
});

test('HttpClient.get: ignores an invalid digest', async (t) => {
  assert.equal(await end(t, { 'repr-digest': 'sha-256=nonsense', 'content-md5': '?' }), TEXT);
});

test('HttpClient.get: for a part, ignores Content-MD5 and checks Content-Digest', async (t) => {
  const part = { bytes: 5, etag: '"1"' };
  const rest = TEXT.slice(5);
  const range = { etag: '"1"', 'content-range': `bytes 5-${TEXT.length - 1}/${TEXT.length}` };
  for (const [headers, isRight] of [
    [{ 'content-md5': hash('md5', TEXT, 'base64') }, true],
    [{ 'content-md5': hash('md5', rest, 'base64') }, true],
    [{ 'content-digest': `sha-256=:${base64(rest)}:` }, true],
    [{ 'content-digest': `sha-256=:${base64(TEXT)}:` }, false],
    // It covers the whole file: save checks it, which has the rest.
    [{ 'repr-digest': `sha-256=:${base64(TEXT)}:` }, true],
  ] as const) {
    const server = await serveHttp(t, (_, response) =>
      response.writeHead(206, { ...range, ...headers }).end(rest),
    );
    await using client = new HttpClient();
    const getting = client.get({ url: server.url, part }, new Body(), {});
    if (isRight) await getting;
    else await assert.rejects(getting, withReason('checksum'));
  }
});
