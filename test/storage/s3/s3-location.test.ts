import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, encodedKey, parseS3Location } from '../../../src/storage/s3/s3-location.ts';

test('parseS3Location: a bucket and a prefix, with or without slashes at its end', () => {
  assert.deepEqual(parseS3Location('s3://bucket'), { bucket: 'bucket', prefix: '' });
  assert.deepEqual(parseS3Location('s3://bucket/'), { bucket: 'bucket', prefix: '' });
  assert.deepEqual(parseS3Location('S3://b.c/a/b//'), { bucket: 'b.c', prefix: 'a/b/' });
  for (const bad of ['s3:/b/a', 's3://', 's3://b', 's3://bucket//a', 's3://bucket/./a']) {
    assert.throws(() => parseS3Location(bad), { name: 'RangeError' }, bad);
  }
});

test('addressOf: AWS by its regions, other servers by their URL', () => {
  const shown = (bucket: string, endpoint: string | undefined, region = 'eu-west-1') => {
    const { origin, path, isAws } = addressOf({ bucket, prefix: '' }, endpoint, region);
    return `${origin.origin}${path} ${isAws}`;
  };
  assert.equal(shown('bucket', undefined), 'https://bucket.s3.eu-west-1.amazonaws.com true');
  assert.equal(shown('b.c', undefined), 'https://s3.eu-west-1.amazonaws.com/b.c true');
  assert.match(
    shown('bucket', undefined, 'cn-north-1'),
    /s3\.cn-north-1\.amazonaws\.com\.cn true$/,
  );
  assert.equal(shown('bucket', 'http://[::1]:9000/'), 'http://[::1]:9000/bucket false');
  assert.equal(shown('bucket', 'https://host/s3/'), 'https://host/s3/bucket false');
  assert.equal(shown('bucket', 'https://{bucket}.host'), 'https://bucket.host false');
  const own = 'https://s3.us-gov-west-1.amazonaws.com';
  assert.equal(shown('bucket', own), `${own}/bucket true`);
  for (const bad of ['host:9000', 'ftp://host', 'https://host/?a', 'nonsense']) {
    assert.throws(() => shown('bucket', bad), { name: 'RangeError' }, bad);
  }
});

test('encodedKey: only unreserved characters and slashes stay', () => {
  assert.equal(encodedKey("a/b c/ü+*!'()~-_.%41"), 'a/b%20c/%C3%BC%2B%2A%21%27%28%29~-_.%2541');
});
