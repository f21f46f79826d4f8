import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowKey } from '../../src/ledger/row-key.ts';

const URL_A = 'https://example.com/a';

test('rowKey is 16 bytes in hex, and the same on every day', () => {
  assert.equal(rowKey({ url: URL_A }, 1), '9f761328a8f75912cd2218d26eed01ad');
});

test('rowKey depends on the URL, the name and the occurrence', () => {
  const keys = [
    rowKey({ url: URL_A }, 1),
    rowKey({ url: `${URL_A}b` }, 1),
    rowKey({ url: URL_A, name: 'b' }, 1),
    rowKey({ url: URL_A }, 2),
  ];
  assert.equal(new Set(keys).size, keys.length);
});

test('rowKey does not depend on the password in the URL', () => {
  assert.equal(rowKey({ url: 'https://user:secret@example.com/a' }, 1), rowKey({ url: URL_A }, 1));
});
