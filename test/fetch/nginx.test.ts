// Slow: starts processes.
// Checks that need a server by others.
import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { ByteRangeError } from '../../src/model/failure.ts';
import { Body } from '../support/body.ts';
import { noNginx, startNginx } from '../support/nginx.ts';
import { withReason } from '../support/with-reason.ts';
import { get } from './get.ts';

const skip = await noNginx();

const TEXT = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join('');

test('nginx: the rest of a part, by ETag and by date; the whole file after a change', {
  skip,
}, async (t) => {
  const { url, root } = await startNginx(t, '', { 'root/a.txt': TEXT });
  const whole = await get({ url: `${url}/a.txt` });
  assert.equal(whole.text, TEXT);
  assert.equal(whole.head.length, TEXT.length);
  const { etag, lastModified } = whole.head;
  assert.ok(etag && lastModified);
  const bytes = 1000;
  for (const part of [
    { bytes, etag, lastModified },
    { bytes, etag },
    { bytes, lastModified },
  ]) {
    const rest = await get({ url: `${url}/a.txt`, part });
    assert.deepEqual(
      [rest.head.httpStatus, rest.head.offset, rest.head.length, rest.head.etag],
      [206, 1000, TEXT.length, etag],
    );
    assert.equal(rest.text, TEXT.slice(1000));
  }
  await writeFile(join(root, 'a.txt'), TEXT.toUpperCase());
  await utimes(join(root, 'a.txt'), 0, 1_000_000_000);
  for (const part of [
    { bytes, etag, lastModified },
    { bytes, lastModified },
  ]) {
    const anew = await get({ url: `${url}/a.txt`, part });
    assert.deepEqual([anew.head.httpStatus, anew.head.offset], [200, 0]);
    assert.equal(anew.text, TEXT.toUpperCase());
  }
});

test('nginx: range, with the length, for a part that is complete or longer', {
  skip,
}, async (t) => {
  const { url } = await startNginx(t, '', { 'root/a.txt': 'GIF89a' });
  const { etag } = (await get({ url: `${url}/a.txt` })).head;
  await assert.rejects(get({ url: `${url}/a.txt`, part: { bytes: 6, etag } }), (error) => {
    assert.ok(error instanceof ByteRangeError, String(error));
    assert.equal(error.length, 6);
    return true;
  });
});

test('nginx: 304 for a known version', { skip }, async (t) => {
  const { url } = await startNginx(t, '', { 'root/a.txt': 'GIF' });
  const { etag, lastModified } = (await get({ url: `${url}/a.txt` })).head;
  for (const known of [{ etag }, { lastModified }, { etag, lastModified }]) {
    await assert.rejects(get({ url: `${url}/a.txt`, known }), withReason('http-304'));
  }
  const other = { etag: '"other"', lastModified };
  assert.equal((await get({ url: `${url}/a.txt`, known: other })).text, 'GIF');
});

test('nginx: asks for gzip and decodes it, and continues a part of it by date', {
  skip,
}, async (t) => {
  const config = 'gzip on; gzip_types text/plain; gzip_min_length 1;';
  const { url } = await startNginx(t, config, { 'root/a.txt': TEXT });
  const { head, text } = await get({ url: `${url}/a.txt` }, { decode: true });
  assert.equal(text, TEXT);
  assert.deepEqual([head.length, head.etag?.slice(0, 2)], [undefined, 'W/']);
  const { etag, lastModified } = head;
  const rest = await get(
    { url: `${url}/a.txt`, part: { bytes: 10, etag, lastModified } },
    { decode: true },
  );
  assert.equal(rest.text, TEXT.slice(10));
  const raw = await get({ url: `${url}/a.txt` });
  assert.equal(raw.head.length, TEXT.length);
});

test('nginx: basic authentication, from the run, the URL and .netrc', { skip }, async (t) => {
  const config = 'auth_basic "files"; auth_basic_user_file @DIR/users;';
  const files = { 'root/a.txt': 'GIF', users: 'ann:{PLAIN}s3@cret\n' };
  const { url } = await startNginx(t, config, files);
  const auth = { type: 'basic', username: 'ann', password: 's3@cret' } as const;
  const netrc = 'machine 127.0.0.1 login ann password s3@cret';
  const withUser = url.replace('//', '//ann:s3%40cret@');
  assert.equal((await get({ url: `${url}/a.txt` }, { auth })).text, 'GIF');
  assert.equal((await get({ url: `${url}/a.txt` }, { netrc })).text, 'GIF');
  assert.equal((await get({ url: `${withUser}/a.txt` })).text, 'GIF');
  await assert.rejects(get({ url: `${url}/a.txt` }), withReason('http-401'));
  const wrong = { ...auth, password: 'wrong' };
  await assert.rejects(get({ url: `${url}/a.txt` }, { auth: wrong }), withReason('http-401'));
});

test('nginx: its own redirect, and a limit that it announces', { skip }, async (t) => {
  const config = `
    location /old/ { rewrite ^/old/(.*)$ /$1 permanent; }
    location /busy { add_header Retry-After 7 always; return 503; }`;
  const { url } = await startNginx(t, config, { 'root/a.txt': 'GIF' });
  const { head, text } = await get({ url: `${url}/old/a.txt` });
  assert.deepEqual([head.url, text], [`${url}/a.txt`, 'GIF']);
  await assert.rejects(get({ url: `${url}/busy` }), { status: 503, retryAfter: 7000 });
});

test('nginx: a connection that it closes after some requests fails none of them', {
  skip,
}, async (t) => {
  const { url } = await startNginx(t, 'keepalive_requests 3;', { 'root/a.txt': 'GIF' });
  await using client = new HttpClient({}, { maxConnections: 2 });
  const all = Array.from({ length: 50 }, () => client.get({ url: `${url}/a.txt` }, new Body(), {}));
  for (const { bytes } of await Promise.all(all)) assert.equal(bytes, 3);
});
