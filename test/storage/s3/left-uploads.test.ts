import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { S3Storage } from '../../../src/storage/s3-storage.ts';
import type { S3Server, SeenRequest } from '../../support/s3-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { LARGE, startS3 } from '../start-s3.ts';

const DAY = 86_400_000;

async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const uploads = join(directory, 'uploads');
  const set = await startS3({ location: 's3://bucket', uploads });
  t.after(() => set[Symbol.asyncDispose]());
  /** Opens the storage once more, as the next run does. */
  const reopen = async (folder = uploads) => {
    const { environment } = set.server;
    const options = { environment, uploads: folder, backoff: { base: 1, max: 1 } };
    await using _ = await S3Storage.open('s3://bucket', options);
  };
  return { ...set, directory, uploads, reopen };
}

/** Has the server begin the first upload of `a b`, and then do as `then` says in place of an answer. */
function losingFirst(server: S3Server, then: (response: ServerResponse) => void): void {
  server.script = ({ method, query }: SeenRequest, response) => {
    if (method !== 'POST' || !query.has('uploads') || server.uploads.has('lost')) return undefined;
    server.uploads.set('lost', { key: 'a b', parts: new Map() });
    then(response);
    return 'taken';
  };
}

test('removeLeftUpload: an upload that a kill left without its name is found by its key', async (t) => {
  const { server, storage, directory, uploads, reopen } = await setUp(t);
  const begun = Promise.withResolvers<ServerResponse>();
  losingFirst(server, begun.resolve);
  const draft = await storage.create('a b');
  draft.write(LARGE);
  const response = await begun.promise;
  const left = join(directory, 'left');
  await cp(uploads, left, { recursive: true });
  response.end('<R><UploadId>lost</UploadId></R>');
  await draft.discard();

  server.uploads.set('lost', { key: 'a b', parts: new Map() });
  server.uploads.set('of another key', { key: 'a b2', parts: new Map() });
  const initiated = Date.now() - DAY;
  server.uploads.set('of another run', { key: 'a b', parts: new Map(), initiated });
  await reopen(left);
  assert.deepEqual([...server.uploads.keys()], ['of another key', 'of another run']);
  assert.deepEqual([await readdir(left), await readdir(uploads)], [[], []]);
});

test('MultipartUpload.begin: an upload whose answer was lost is left to the next run', async (t) => {
  const { server, storage, uploads, reopen } = await setUp(t);
  losingFirst(server, (response) => response.destroy());
  const draft = await storage.create('a b');
  draft.write(LARGE);
  await draft.publish();
  assert.equal(server.objects.get('a b')?.body.equals(LARGE), true);
  assert.deepEqual([[...server.uploads.keys()], (await readdir(uploads)).length], [['lost'], 1]);
  await reopen();
  assert.deepEqual([server.uploads.size, await readdir(uploads)], [0, []]);
});

for (const [status, code, left] of [
  [501, 'NotImplemented', 0],
  [403, 'AccessDenied', 1],
] as const) {
  test(`removeLeftUpload: a server that answers ${code} in place of its uploads is no failure`, async (t) => {
    const { server, uploads, reopen } = await setUp(t);
    const record = { bucket: `${server.endpoint}/bucket`, key: 'a b', begunAt: Date.now() };
    await mkdir(uploads);
    await writeFile(join(uploads, `${randomUUID()}.json`), JSON.stringify(record));
    server.script = ({ method, query }) =>
      method === 'GET' && query.has('uploads') ? { status, code } : undefined;
    await reopen();
    assert.equal((await readdir(uploads)).length, left);
  });
}

test('UploadRecords.left: leaves files alone that have no name of its own', async (t) => {
  const { uploads, reopen } = await setUp(t);
  await mkdir(uploads);
  for (const name of ['package.json', 'a.json.tmp']) await writeFile(join(uploads, name), '{}');
  await reopen();
  assert.deepEqual((await readdir(uploads)).sort(), ['a.json.tmp', 'package.json']);
});

test('MultipartUpload.begin: a refused upload leaves no record', async (t) => {
  const { server, storage, uploads } = await setUp(t);
  server.script = ({ method, query }) =>
    method === 'POST' && query.has('uploads') ? { status: 403, code: 'AccessDenied' } : undefined;
  const draft = await storage.create('a b');
  draft.write(LARGE);
  await assert.rejects(draft.publish(), { message: /AccessDenied/ });
  await draft.discard();
  assert.deepEqual(await readdir(uploads), []);
});
