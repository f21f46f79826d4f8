import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortUrl } from '../../../web/model/short-url.ts';

test('shortUrl: is the end of a URL, where it differs from others', () => {
  assert.equal(shortUrl('https://example.org/a/b.gif', 20), '/a/b.gif');
  assert.equal(shortUrl('https://example.org/a/longer/b.gif', 10), '…ger/b.gif');
  assert.equal(shortUrl('https://example.org', 30), 'https://example.org');
  assert.equal(shortUrl('not a url', 30), 'not a url');
  assert.equal(shortUrl('nonsense/with/slashes', 30), 'nonsense/with/slashes');
  assert.equal(shortUrl('ftp://example.org/a', 30), 'ftp://example.org/a');
});
