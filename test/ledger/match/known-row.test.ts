import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashedIdentity } from '../../../src/ledger/match/known-row.ts';

const URL_A = 'https://example.com/a';

test('hashedIdentity: the hash is the beginning of a SHA-256, the same on every day', () => {
  assert.deepEqual(hashedIdentity(URL_A, null, 1), {
    url: URL_A,
    name: null,
    occurrence: 1,
    text: 'https://example.com/a\n\n1',
    // printf 'https://example.com/a\n\n1' | sha256sum
    hash: 0x9f761328a8f75,
  });
});

test('hashedIdentity: the text depends on the URL, the name and the occurrence', () => {
  const texts = [
    hashedIdentity(URL_A, null, 1),
    hashedIdentity(`${URL_A}b`, null, 1),
    hashedIdentity(URL_A, 'b', 1),
    hashedIdentity(URL_A, null, 2),
  ].map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length);
});
