import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkUrl } from '../../src/source/check-url.ts';

test('checkUrl: accepts URLs that can be downloaded', () => {
  for (const url of [
    'http://example.com',
    'HTTPS://EXAMPLE.COM/A',
    'http://example.com/a b',
    'http://example.com/ü?q={x}',
    'http://[::1]:8080/',
    'http://user:secret@example.com/',
    'https:example.com',
  ]) {
    checkUrl(url);
  }
});

test('checkUrl: names the problem of other texts', () => {
  const bad = {
    'example.com/a': /^"example.com\/a" is not a URL: it does not begin with http/,
    'localhost:8080/a': /does not begin with http/,
    '': /^"" is not a URL/,
    'ftp://example.com/': /^the scheme "ftp" of "ftp:\/\/example.com\/" is not supported: only/,
    'http://': /is not a URL$/,
    'http://exa mple/': /is not a URL$/,
    'http://a:99999/': /is not a URL$/,
    'http://a/1 http://b/1': /^more than one URL: /,
    'http://a/\x1b[2J': /^a control character in the URL "http:\/\/a\/\\x1b\[2J"$/,
  };
  for (const [url, message] of Object.entries(bad)) {
    assert.throws(() => checkUrl(url), { name: 'BadValue', message }, url);
  }
});

test('checkUrl: two URLs with a tab between them do not become one', () => {
  assert.throws(() => checkUrl('http://a/1\thttp://b/1'), { name: 'BadValue', offset: 10 });
});
