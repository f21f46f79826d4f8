import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestTarget } from '../../../src/fetch/transport/request-target.ts';

test('requestTarget: the path and the query, an empty query too', () => {
  const targets = {
    'http://a': '/',
    'http://a?': '/?',
    'http://a/b': '/b',
    'http://a/b?': '/b?',
    'http://a/b?#c': '/b?',
    'http://a/b#c?': '/b',
    'http://a/b#': '/b',
    'http://a/b?#': '/b?',
    'http://a/b?c=d?#e': '/b?c=d?',
    'http://u:p%3F@a/b c': '/b%20c',
  };
  for (const [url, target] of Object.entries(targets)) {
    assert.equal(requestTarget(new URL(url)), target, url);
  }
});
