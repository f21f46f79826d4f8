// s3rver checks signatures. It does not implement If-None-Match, checksums, AbortMultipartUpload and
// ListMultipartUploads: test/support/s3-server.ts does. Its listings escape & and ' twice,
// and have no second page with OpenSSL 3, which has lost DES.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { S3Storage } from '../../src/storage/s3-storage.ts';
import { startS3rver } from '../support/s3rver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('S3Storage: every kind of request is signed as s3rver reckons', async (t) => {
  const directory = await temporaryDirectory(t);
  await using server = await startS3rver(directory);
  const { environment } = server;
  await using storage = await S3Storage.open('s3://bucket/pre fix/ü', { environment });
  const large = randomBytes(9 * 1024 * 1024);
  const path = join(directory, 'large');
  await writeFile(path, large);
  const small = [Buffer.from('small')];
  const name = "a b/c+d&e='(ü)*!~.txt";
  await storage.put(name, small, { contentType: 'text/plain; charset=utf-8', ifAbsent: true });
  assert.equal((await storage.stat(name))?.bytes, 5);
  assert.equal(await storage.put(name, small, { ifAbsent: true }), undefined);
  await storage.put('large', { path, bytes: large.length });
  const read = Buffer.concat(await Array.fromAsync(storage.read('large')));
  assert.equal(read.equals(large), true);
  const listed = await Array.fromAsync(storage.list());
  const unescaped = (shown: string) => shown.replace('&amp;', '&').replace('&#x27;', "'");
  assert.deepEqual(listed.map((object) => unescaped(object.name)).sort(), [name, 'large']);
  await storage.remove(name);
  assert.equal(await storage.stat(name), undefined);

  const wrong = { ...environment, AWS_SECRET_ACCESS_KEY: 'wrong' };
  await assert.rejects(S3Storage.open('s3://bucket', { environment: wrong }), {
    name: 'BrokenRunError',
    message:
      /the secret key does not belong to the access key; check the credentials of the environment \(SignatureDoesNotMatch\)/,
  });
  await assert.rejects(S3Storage.open('s3://missing', { environment }), {
    message: /^s3:\/\/missing: the bucket does not exist; .* \(NoSuchBucket\)/,
  });
});
