import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sleep } from '../../src/concurrency/index.ts';
import { elementsOf } from '../../src/storage/s3/xml.ts';
import { S3Storage } from '../../src/storage/s3-storage.ts';
import { S3Server } from '../support/s3-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { LARGE, MEBIBYTE, SMALL, startS3 } from './start-s3.ts';

async function opening(environment: Record<string, string>, location = 's3://bucket/prefix') {
  await using _ = await S3Storage.open(location, { environment, backoff: { base: 1, max: 1 } });
}

test('S3Storage.open: ends the uploads that a killed run has left, and no others', async (t) => {
  const uploads = join(await temporaryDirectory(t), 'uploads');
  await using server = await S3Server.start();
  const { environment, endpoint } = server;
  for (const id of ['left', 'other']) server.uploads.set(id, { key: 'a', parts: new Map() });
  await mkdir(uploads);
  const bucket = `${endpoint}/bucket`;
  const left = { bucket, key: 'a', uploadId: 'left' };
  const [ours, elsewhere, cut] = Array.from({ length: 3 }, () => `${randomUUID()}.json`);
  await writeFile(join(uploads, `${ours}`), JSON.stringify(left));
  await writeFile(join(uploads, `${elsewhere}`), JSON.stringify({ ...left, bucket: 'elsewhere' }));
  await writeFile(join(uploads, `${cut}`), '{"bucket');
  await writeFile(join(uploads, 'notes.json'), JSON.stringify(left));
  await using _ = await S3Storage.open('s3://bucket', { environment, uploads });
  assert.deepEqual([...server.uploads.keys()], ['other']);
  assert.deepEqual(await readdir(uploads), [elsewhere, 'notes.json'].sort());
});

test('S3Storage.open: what is wrong is one line', async () => {
  await using server = await S3Server.start();
  const { environment, endpoint } = server;
  const ending = 'what is done stays done, and the same command goes on';
  const cases: [code: string, message: string][] = [
    [
      'InvalidAccessKeyId',
      'the server does not know the access key; check the credentials of the environment',
    ],
    ['ExpiredToken', 'the credentials of the environment have expired; renew them'],
    ['NoSuchBucket', 'the bucket does not exist; create it, or check its name and the endpoint'],
  ];
  for (const [code, words] of cases) {
    server.script = () => ({ status: 403, code });
    const message = `s3://bucket/prefix: ${words} (${code}); ${ending}`;
    await assert.rejects(opening(environment), { name: 'BrokenRunError', message }, code);
  }
  server.script = () => ({ status: 404 });
  await assert.rejects(opening(environment), {
    message: `cannot use s3://bucket/prefix: 404: there is no such bucket, or no S3 server; check the endpoint, ${endpoint}`,
  });
  const nowhere = { ...environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  await assert.rejects(opening(nowhere), {
    message:
      'cannot use s3://bucket/prefix: nothing listens at 127.0.0.1:1 (connection refused); check the endpoint, http://127.0.0.1:1',
  });
});

test('S3Storage.open: credentials that may not list are no error', async () => {
  await using set = await S3Server.start();
  set.script = ({ method }) =>
    method === 'GET' ? { status: 403, code: 'AccessDenied' } : undefined;
  await opening(set.environment);
});

test('S3Storage.open: places and endpoints with secrets in them are refused, and not shown', async () => {
  for (const [location, endpoint] of [
    ['s3://AKIA:hidden@bucket/a', undefined],
    ['s3://bucket/a', 'http://user:hidden@host'],
    ['s3://bucket/../a', undefined],
    ['s3://', undefined],
  ] as const) {
    const environment: Record<string, string> =
      endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint };
    await assert.rejects(opening(environment, location), (error: Error) => {
      const name = endpoint === undefined ? 'RangeError' : 'BrokenRunError';
      assert.equal(error.name, name);
      assert.doesNotMatch(error.message, /hidden/);
      return true;
    });
  }
});

test('S3Storage: keys that expire in the middle of a run are replaced, or end it with one line', async (t) => {
  const file = join(await temporaryDirectory(t), 'credentials');
  const keys = (id: string) =>
    `[default]\naws_access_key_id = ${id}\naws_secret_access_key = hidden\n`;
  await writeFile(file, keys('old'));
  await using server = await S3Server.start();
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = server.environment;
  const environment = { ...rest, AWS_SHARED_CREDENTIALS_FILE: file };
  await using storage = await S3Storage.open('s3://bucket', { environment });
  await using later = await S3Storage.open('s3://bucket', { environment });
  server.script = ({ headers }) =>
    headers.authorization?.includes('=old/') ? { status: 400, code: 'ExpiredToken' } : undefined;
  const message =
    's3://bucket: the credentials of the profile default have expired; renew them (ExpiredToken); what is done stays done, and the same command goes on';
  await assert.rejects(storage.put('a', SMALL), { name: 'BrokenRunError', message });
  server.requests.length = 0;
  await assert.rejects(storage.put('a', SMALL), { message });
  assert.deepEqual(server.log, [], 'nothing more is sent');
  await writeFile(file, keys('new'));
  await later.put('a', SMALL);
  assert.equal(server.objects.has('a'), true);
});

test('S3Storage: credentials that allow no upload end the run', async () => {
  await using set = await startS3();
  set.server.script = () => ({ status: 403, code: 'AccessDenied' });
  await assert.rejects(set.storage.put('a', SMALL), {
    name: 'BrokenRunError',
    message: /^s3:\/\/bucket\/prefix: the credentials do not allow uploads \(s3:PutObject\)/,
  });
});

test('S3Storage: ten uploads in a row that failed for good end the run', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  await storage.put('a', SMALL);
  server.script = () => ({ status: 403, code: 'AccessDenied' });
  for (let failure = 1; failure < 10; failure++) {
    await assert.rejects(storage.put('b', SMALL), { name: 'S3Error' });
  }
  await assert.rejects(storage.put('b', SMALL), {
    name: 'BrokenRunError',
    message: /: 10 uploads in a row have failed: cannot upload b: 403 AccessDenied/,
  });
});

test('S3Storage: a wrong clock is put right by the server', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  const ahead = Date.now() + 3_600_000;
  server.script = ({ headers }) => {
    const date = String(headers['x-amz-date']).replace(
      /^(....)(..)(..)T(..)(..)(..)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    );
    if (Math.abs(Date.parse(date) - ahead) < 60_000) return undefined;
    const now = { date: new Date(ahead).toUTCString() };
    return { status: 403, code: 'RequestTimeTooSkewed', headers: now };
  };
  assert.equal((await storage.put('a', SMALL))?.bytes, 5);
});

test('S3Storage: the region that the server names is signed for', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  server.script = ({ headers }) =>
    headers.authorization?.includes('/us-east-1/')
      ? { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-west-1' } }
      : undefined;
  await storage.put('a', SMALL);
  assert.match(server.requests.at(-1)?.headers.authorization ?? '', /\/eu-west-1\/s3\//);
});

test('S3Storage: temporary keys are sent with their token, which is signed', async () => {
  await using server = await S3Server.start();
  const environment = { ...server.environment, AWS_SESSION_TOKEN: 'token' };
  await using storage = await S3Storage.open('s3://bucket', { environment });
  await storage.put('a', SMALL);
  const headers = server.requests.at(-1)?.headers ?? {};
  assert.equal(headers['x-amz-security-token'], 'token');
  assert.match(headers.authorization ?? '', /SignedHeaders=[^,]*x-amz-security-token/);
});

test('S3Storage.create: an object that comes in pieces, small and large', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  const small = await storage.create('small', { contentType: 'text/plain' });
  const lent = Buffer.from('one');
  small.write(lent);
  lent.fill(0);
  small.write(Buffer.from('two'));
  assert.equal(server.objects.size, 0);
  assert.equal((await small.publish()).bytes, 6);
  assert.equal(server.objects.get('prefix/small')?.body.toString(), 'onetwo');

  const large = await storage.create('large');
  for (let at = 0; at < LARGE.length; at += 3 * MEBIBYTE) {
    await large.write(LARGE.subarray(at, at + 3 * MEBIBYTE));
  }
  assert.equal(server.objects.has('prefix/large'), false);
  assert.equal((await large.publish()).bytes, LARGE.length);
  assert.equal(server.objects.get('prefix/large')?.body.equals(LARGE), true);

  const empty = await storage.create('empty');
  assert.equal((await empty.publish()).bytes, 0);
  assert.equal(server.objects.get('prefix/empty')?.body.length, 0);
});

test('S3Storage.create: a discarded object leaves no part, also while one is sent', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  const arrived = Promise.withResolvers<void>();
  server.script = ({ query }) => {
    if (query.get('partNumber') !== '2') return undefined;
    arrived.resolve();
    return 'taken';
  };
  const draft = await storage.create('a');
  draft.write(LARGE);
  await arrived.promise;
  await draft.discard();
  assert.deepEqual([server.uploads.size, server.objects.size], [0, 0]);
});

test('S3Storage.create: the failure of a part is that of the object', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  server.script = ({ query }) =>
    query.has('partNumber') ? { status: 400, code: 'InvalidPart' } : undefined;
  const draft = await storage.create('a');
  draft.write(LARGE);
  await assert.rejects(draft.publish(), { message: /InvalidPart/ });
  await draft.discard();
  assert.equal(server.uploads.size, 0);
});

test('S3Storage.list: all pages, with names of any characters', async () => {
  await using set = await startS3({ pageSize: 2 });
  const { server, storage } = set;
  const names = ['a b', 'c+d', 'e&f', 'g/h', 'ü%20'];
  for (const name of names) await storage.put(name, SMALL);
  server.objects.set('elsewhere', { body: LARGE, contentType: undefined, etag: 'x' });
  const listed = await Array.fromAsync(storage.list());
  assert.deepEqual(listed.map(({ name }) => name).sort(), names);
  assert.equal(listed[0]?.bytes, 5);
  assert.equal(listed[0]?.etag, createHash('md5').update('small').digest('hex'));
  assert.equal((await Array.fromAsync(storage.list('g/'))).length, 1);
});

test('S3Storage.read: goes on where the connection broke, in the same version', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  await storage.put('a', [LARGE.subarray(0, 100_000)]);
  let breaks = 2;
  server.script = ({ method, headers }, response) => {
    if (method !== 'GET' || breaks-- <= 0) return undefined;
    const [, start = '0'] = /bytes=(\d+)/.exec(headers.range ?? '') ?? [];
    const etag = `"${server.objects.get('prefix/a')?.etag}"`;
    assert.equal(headers['if-match'], start === '0' ? undefined : etag);
    const length = 100_000 - Number(start);
    response.writeHead(start === '0' ? 200 : 206, { 'content-length': length, etag });
    response.write(LARGE.subarray(Number(start), Number(start) + 30_000), () => response.destroy());
    return 'taken';
  };
  const chunks = await Array.fromAsync(storage.read('a'));
  assert.equal(Buffer.concat(chunks).equals(LARGE.subarray(0, 100_000)), true);
  await assert.rejects(Array.fromAsync(storage.read('b')), {
    message: /cannot read b: 404 NoSuchKey/,
  });
});

test('S3Storage.stat, remove: an object, and none', async () => {
  await using set = await startS3();
  const { storage } = set;
  await storage.put('a', SMALL);
  assert.deepEqual(await storage.stat('a'), {
    name: 'a',
    bytes: 5,
    etag: createHash('md5').update('small').digest('hex'),
  });
  await storage.remove('a');
  await storage.remove('a');
  assert.equal(await storage.stat('a'), undefined);
});

test('S3Storage: uploads at a time are bounded, and a throttled server gets fewer', async () => {
  await using set = await startS3();
  const { server, storage } = set;
  let [running, most] = [0, 0];
  server.script = (_, response) => {
    most = Math.max(most, ++running);
    response.on('finish', () => running--);
    return undefined;
  };
  await Promise.all(Array.from({ length: 200 }, (_, n) => storage.put(`${n}`, SMALL)));
  assert.equal(server.objects.size, 200);
  assert.equal(most <= storage.limit, true);
  assert.equal(storage.limit > 16, true);
  await sleep(0);
});

test('S3Storage: at AWS, SHA-256 is the checksum, also of each part; through a proxy', async (t) => {
  const path = join(await temporaryDirectory(t), 'large');
  await writeFile(path, LARGE);
  await using server = await S3Server.start();
  const environment = {
    ...server.environment,
    AWS_ENDPOINT_URL: 'http://s3.eu-west-1.amazonaws.com',
    AWS_REGION: 'eu-west-1',
    HTTP_PROXY: server.endpoint,
    NO_PROXY: '',
    no_proxy: '',
  };
  await using storage = await S3Storage.open('s3://bucket', { environment });
  await storage.put('a', SMALL);
  const put = server.requests.at(-1);
  assert.equal(put?.headers.host, 's3.eu-west-1.amazonaws.com');
  const sha256 = createHash('sha256').update('small').digest('base64');
  assert.equal(put?.headers['x-amz-checksum-sha256'], sha256);
  assert.equal(put?.headers['content-md5'], undefined);
  server.requests.length = 0;
  await storage.put('large', { path, bytes: LARGE.length });
  const [begin] = server.requests;
  assert.equal(begin?.headers['x-amz-checksum-algorithm'], 'SHA256');
  const parts = server.requests.filter(({ query }) => query.has('partNumber'));
  const sums = parts.map(({ headers }) => headers['x-amz-checksum-sha256']);
  const list = server.requests.find(({ body }) => body.includes('CompleteMultipartUpload'));
  const listed = elementsOf(list?.body.toString() ?? '', 'ChecksumSHA256');
  assert.equal(listed.length, 3);
  assert.deepEqual(listed.toSorted(), sums.toSorted());
});
