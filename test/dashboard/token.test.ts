import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isToken, newToken } from '../../src/dashboard/token.ts';

test('newToken: 192 bits that stand in a URL, other ones each time', () => {
  const tokens = new Set(Array.from({ length: 1_000 }, newToken));
  assert.equal(tokens.size, 1_000);
  for (const token of tokens) assert.match(token, /^[\w-]{32}$/);
});

test('isToken: the token, and nothing else of whatever length', () => {
  const token = newToken();
  assert.equal(isToken(token, token), true);
  for (const other of [null, '', token.slice(1), `${token}x`, token.toLowerCase(), newToken()]) {
    assert.equal(isToken(other, token), false, `${other}`);
  }
});
