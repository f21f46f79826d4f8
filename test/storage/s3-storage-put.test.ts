import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { LARGE, SMALL, startS3 } from './start-s3.ts';

test('S3Storage.put: a small body is one request, with its type and checksums', async () => {
  await using set = await startS3();
  const stored = await set.storage.put('a b/ü.gif', SMALL, { contentType: 'image/gif' });
  assert.deepEqual(set.server.log, ['PUT /bucket/prefix/a b/ü.gif']);
  const kept = set.server.objects.get('prefix/a b/ü.gif');
  assert.deepEqual([kept?.body.toString(), kept?.contentType], ['small', 'image/gif']);
  assert.equal(stored?.bytes, 5);
  assert.equal(stored?.etag, kept?.etag);
  assert.match(stored?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
  const { authorization, ...headers } = set.server.requests[0]?.headers ?? {};
  const md5 = createHash('md5').update('small').digest('base64');
  assert.equal(headers['content-md5'], md5);
  assert.match(
    authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/us-east-1\/s3\/aws4_request/,
  );
  assert.match(
    authorization ?? '',
    /SignedHeaders=content-length;content-md5;content-type;host;x-amz/,
  );
});

test('S3Storage.put: a long file goes up in parts, and is there once all of it is', async (t) => {
  await using set = await startS3();
  const { server, storage } = set;
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  const seen: number[] = [];
  server.script = ({ query }) => {
    if (query.has('partNumber')) seen.push(server.objects.size);
    return undefined;
  };
  const body = { path, bytes: LARGE.length };
  const stored = await storage.put('large', body, { contentType: 'video/mp4' });
  assert.deepEqual(seen, [0, 0, 0]);
  const kept = server.objects.get('prefix/large');
  assert.equal(kept?.body.equals(LARGE), true);
  assert.equal(kept?.contentType, 'video/mp4');
  assert.deepEqual(stored, { name: 'large', bytes: LARGE.length, etag: kept?.etag });
  assert.equal(server.uploads.size, 0);
});

test('S3Storage.put: errors that pass are retried, and throttling lowers the limit', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  const before = storage.limit;
  const answers = [
    { status: 503, code: 'SlowDown', headers: { 'retry-after': '0' } },
    { status: 500, code: 'InternalError' },
    { status: 400, code: 'RequestTimeout' },
    { status: 429 },
  ];
  server.script = (_, response) => {
    if (answers.length > 0) return answers.shift();
    if (server.requests.length > 5) return undefined;
    response.destroy();
    return 'taken';
  };
  await storage.put('a', SMALL);
  assert.equal(server.requests.length, 6);
  assert.equal(server.objects.get('prefix/a')?.body.toString(), 'small');
  assert.equal(storage.limit, before / 2);
});

test('S3Storage.put: an answer about other bytes is not believed', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  const wrong = { status: 200, headers: { etag: `"${'0'.repeat(32)}"` } };
  server.script = () => (server.requests.length === 1 ? wrong : undefined);
  await storage.put('a', SMALL);
  assert.equal(server.requests.length, 2);
  server.script = () => wrong;
  await assert.rejects(storage.put('b', SMALL), {
    name: 'S3ChecksumError',
    reason: 'upload-failed',
    message: `cannot upload b: the server stored other bytes: their MD5 is ${'0'.repeat(32)}`,
  });
});

test('S3Storage.put: the ETag of an object encrypted with a key of the user is no checksum', async () => {
  await using set = await startS3();
  const headers = { etag: `"${'0'.repeat(32)}"`, 'x-amz-server-side-encryption': 'aws:kms' };
  set.server.script = () => ({ status: 200, headers });
  assert.equal((await set.storage.put('a', SMALL))?.etag, '0'.repeat(32));
});

test('S3Storage.put: an error that does not pass is the failure of one object', async () => {
  await using set = await startS3();
  set.server.script = () => ({ status: 400, code: 'KeyTooLongError' });
  await assert.rejects(set.storage.put('a', SMALL), {
    name: 'S3Error',
    reason: 'upload-failed',
    message: 'cannot upload a: 400 KeyTooLongError (about KeyTooLongError)',
  });
  assert.equal(set.server.requests.length, 1);
});

test('S3Storage.put: with ifAbsent an object that is there stays', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  for (const conditions of [true, false]) {
    await using set = await startS3({ conditions });
    const { server, storage } = set;
    const other = { body: Buffer.from('other'), contentType: undefined, etag: 'x' };
    server.objects.set('prefix/taken', other);
    const body = { path, bytes: LARGE.length };
    assert.equal((await storage.put('a', SMALL, { ifAbsent: true }))?.bytes, 5);
    assert.equal(await storage.put('taken', SMALL, { ifAbsent: true }), undefined);
    assert.equal(await storage.put('taken', body, { ifAbsent: true }), undefined);
    assert.equal(server.objects.get('prefix/taken'), other);
    server.requests.length = 0;
    assert.equal((await storage.put('b', SMALL, { ifAbsent: true }))?.bytes, 5);
    const put = 'PUT /bucket/prefix/b';
    assert.deepEqual(server.log, conditions ? [put] : ['HEAD /bucket/prefix/b', put]);
    assert.equal((await storage.put('taken', SMALL))?.bytes, 5);
  }
});

test('S3Storage.put: an object that comes up during an upload in parts stays', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  await using set = await startS3();
  const { server, storage } = set;
  const other = { body: Buffer.from('other'), contentType: undefined, etag: 'x' };
  server.script = ({ query }) => {
    if (query.has('partNumber')) server.objects.set('prefix/a', other);
    return undefined;
  };
  const body = { path, bytes: LARGE.length };
  assert.equal(await storage.put('a', body, { ifAbsent: true }), undefined);
  assert.equal(server.objects.get('prefix/a'), other);
  assert.equal(server.uploads.size, 0);
});

test('S3Storage.put: a server without conditions refuses them, and names are looked up', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  server.script = ({ headers }) =>
    headers['if-none-match'] === undefined ? undefined : { status: 501, code: 'NotImplemented' };
  assert.equal((await storage.put('a', SMALL, { ifAbsent: true }))?.bytes, 5);
  assert.equal(await storage.put('a', SMALL, { ifAbsent: true }), undefined);
});

test('S3Storage.put: a part that fails for good removes the others', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  await using set = await startS3();
  const { server, storage } = set;
  server.script = ({ query }) =>
    query.get('partNumber') === '2' ? { status: 400, code: 'EntityTooSmall' } : undefined;
  await assert.rejects(storage.put('a', { path, bytes: LARGE.length }), {
    message: /^cannot upload part 2 of a: 400 EntityTooSmall/,
  });
  assert.deepEqual([server.uploads.size, server.objects.size], [0, 0]);
});

test('S3Storage.put: a completion that fails after its 200 is retried', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  await using set = await startS3();
  const { server, storage } = set;
  let failures = 2;
  server.script = ({ method, query }) =>
    method === 'POST' && query.has('uploadId') && failures-- > 0
      ? { status: 200, code: 'InternalError' }
      : undefined;
  await storage.put('a', { path, bytes: LARGE.length });
  assert.equal(failures, -1);
  assert.equal(server.objects.get('prefix/a')?.body.equals(LARGE), true);
});

test('S3Storage.put: a completion whose answer was lost is found to be done', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  await using set = await startS3();
  const { server, storage } = set;
  let isLost = false;
  server.script = ({ method, query, headers }) => {
    if (method !== 'POST' || !query.has('uploadId') || isLost) return undefined;
    isLost = true;
    const [[id, { parts }] = ['', { parts: new Map<number, Buffer>() }]] = server.uploads;
    const ordered = [...parts].sort(([one], [other]) => one - other).map(([, body]) => body);
    const md5s = ordered.map((part) => createHash('md5').update(part).digest());
    const etag = `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3`;
    const contentType = headers['content-type'];
    server.objects.set('prefix/a', { body: Buffer.concat(ordered), etag, contentType });
    server.uploads.delete(id);
    return { status: 503, code: 'ServiceUnavailable' };
  };
  assert.equal((await storage.put('a', { path, bytes: LARGE.length }))?.bytes, LARGE.length);
});

test('S3Storage.put: cancelling the task removes the parts of an upload', async (t) => {
  const directory = await temporaryDirectory(t);
  const [path, uploads] = [join(directory, 'large'), join(directory, 'uploads')];
  await writeFile(path, LARGE);
  await using set = await startS3({ uploads });
  const { server, storage } = set;
  const hangs = Promise.withResolvers<void>();
  server.script = ({ query }) => {
    if (query.get('partNumber') !== '2') return undefined;
    hangs.resolve();
    return 'taken';
  };
  const task = createTask(() => storage.put('a', { path, bytes: LARGE.length }));
  await hangs.promise;
  assert.equal((await readdir(uploads)).length, 1);
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  assert.deepEqual([server.uploads.size, server.objects.size], [0, 0]);
  assert.deepEqual(await readdir(uploads), []);
});

test('S3Storage.put: cancelling the task lets a small upload end, and ends a wait', async () => {
  await using set = await startS3({ backoff: { base: 60_000, max: 60_000 }, random: () => 1 });
  const { server, storage } = set;
  const arrived = Promise.withResolvers<void>();
  server.script = () => {
    arrived.resolve();
    return { status: 500 };
  };
  const task = createTask(() => storage.put('a', SMALL));
  await arrived.promise;
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
});

test('S3Storage.put: credentials for uploads alone are enough', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  await using set = await startS3();
  const { server, storage } = set;
  server.script = ({ method }) =>
    method === 'GET' || method === 'HEAD' ? { status: 403, code: 'AccessDenied' } : undefined;
  assert.equal((await storage.put('a', SMALL, { ifAbsent: true }))?.bytes, 5);
  assert.equal(await storage.put('a', SMALL, { ifAbsent: true }), undefined);
  const body = { path, bytes: LARGE.length };
  assert.equal((await storage.put('large', body, { ifAbsent: true }))?.bytes, LARGE.length);
});
