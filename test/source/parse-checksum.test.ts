import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseChecksum } from '../../src/source/parse-checksum.ts';

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
const digest = (algorithm: string) => createHash(algorithm).update('x').digest();

for (const algorithm of ALGORITHMS) {
  const hex = digest(algorithm).toString('hex');

  test(`parseChecksum: ${algorithm} in hex, alone or after its name`, () => {
    const dashed = algorithm.replace('sha', 'SHA-');
    const ways = [hex, ` ${hex.toUpperCase()} `, `${algorithm}:${hex}`, `${dashed}=${hex}`];
    for (const text of ways) assert.deepEqual(parseChecksum(text), { algorithm, hex }, text);
  });
}

for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
  test(`parseChecksum: ${algorithm} as subresource integrity`, () => {
    const hex = digest(algorithm).toString('hex');
    const text = `${algorithm}-${digest(algorithm).toString('base64')}`;
    assert.deepEqual(parseChecksum(text), { algorithm, hex });
    assert.deepEqual(parseChecksum(`${text}?ct=text/plain`), { algorithm, hex });
  });
}

test('parseChecksum: of several integrities the strongest counts', () => {
  const several = ['sha384', 'sha512', 'sha256'].map(
    (algorithm) => `${algorithm}-${digest(algorithm).toString('base64')}`,
  );
  assert.equal(parseChecksum(several.join(' ')).algorithm, 'sha512');
});

test('parseChecksum: names the problem of a bad checksum', () => {
  const bad = {
    abc: /^the checksum "abc" has 3 digits, not 32 \(md5\), 40 \(sha1\), /,
    'sha-256=abc': /^a sha256 checksum has 64 hex digits, not 3$/,
    ['z'.repeat(32)]: /is not made of hex digits$/,
    'adler-32=11223344': /^the checksum algorithm "adler-32" is not known: md5, /,
    'sha-512/256=00': /^the checksum "sha-512\/256=00" has 14 digits/,
    'sha256-AAAA': /^a sha256 digest has 32 bytes, not 3: "sha256-AAAA"$/,
    [`sha256-${digest('sha256').toString('base64')} x`]: /^the integrity "x" is not known$/,
  };
  for (const [text, message] of Object.entries(bad)) {
    assert.throws(() => parseChecksum(text), { name: 'BadValue', message }, text);
  }
});
