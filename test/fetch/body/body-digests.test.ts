import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import {
  contentDigests,
  representationDigests,
  statedChecksum,
} from '../../../src/fetch/body/body-digests.ts';

// RFC 9530, appendix B.1.
const BODY = '{"hello": "world"}\n';
const SHA_256 = 'RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=';
const SHA_512 =
  'YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==';
const MD5 = hash('md5', BODY, 'base64');

const found = (headers: Record<string, string | string[]>) => [
  ...contentDigests(headers).map(({ header, algorithm }) => `${header} ${algorithm}`),
  ...representationDigests(headers).map(({ header, algorithm }) => `${header} ${algorithm}`),
];

test('representationDigests: reads the examples of RFC 9530', () => {
  for (const [value, algorithm] of [
    [`sha-256=:${SHA_256}:`, 'sha256'],
    [`sha-512=:${SHA_512}:`, 'sha512'],
  ] as const) {
    const [stated] = representationDigests({ 'repr-digest': value });
    assert.deepEqual(stated, { header: 'repr-digest', algorithm, hex: hash(algorithm, BODY) });
  }
});

for (const [headers, digests] of [
  [{ 'content-md5': MD5 }, ['content-md5 md5']],
  [{ 'content-md5': ` ${MD5} ` }, ['content-md5 md5']],
  [{ 'content-digest': `sha-256=:${SHA_256}:` }, ['content-digest sha256']],
  // The strongest of several.
  [{ 'repr-digest': `sha-256=:${SHA_256}:, sha-512=:${SHA_512}:` }, ['repr-digest sha512']],
  [{ 'repr-digest': [`sha-512=:${SHA_512}:`, `sha-256=:${SHA_256}:`] }, ['repr-digest sha512']],
  [{ 'repr-digest': `sha-256=:${SHA_256}:;x=1` }, ['repr-digest sha256']],
  [{ digest: `MD5=${MD5},SHA-256=${SHA_256}` }, ['digest sha256']],
  [{ digest: `sha=${hash('sha1', BODY, 'base64')}` }, ['digest sha1']],
  // Unknown and invalid ones are ignored.
  [{ digest: `id-sha-256=${SHA_256}, unixsum=30637, md5=${MD5}` }, ['digest md5']],
  [{ digest: `sha-256=${hash('sha256', BODY)}` }, []],
  [{ digest: 'sha-256=' }, []],
  [{ 'repr-digest': `sha-256=${SHA_256}` }, []],
  [{ 'repr-digest': `sha-256=:${MD5}:` }, []],
  [{ 'repr-digest': `SHA-256=:${SHA_256}:` }, []],
  [{ 'repr-digest': `crc32c=:${MD5}:, sha-256=:!!!:, =::, ,` }, []],
  [{ 'content-md5': hash('md5', BODY) }, []],
  [{ 'content-md5': '' }, []],
  [{}, []],
] as const) {
  test(`contentDigests, representationDigests: ${JSON.stringify(headers).slice(0, 70)}`, () => {
    assert.deepEqual(found(headers as Record<string, string | string[]>), digests);
  });
}

test('statedChecksum: takes the strongest of all headers about the whole file', () => {
  const headers = { digest: `md5=${MD5}`, 'repr-digest': `sha-256=:${SHA_256}:` };
  assert.equal(statedChecksum(headers)?.header, 'repr-digest');
  assert.equal(statedChecksum({ 'content-md5': MD5 }), undefined);
});
