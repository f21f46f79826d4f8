import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHosts } from '../../../src/fetch/dns/hosts-file.ts';

test('parseHosts: every name of a line, in lower case, with all its addresses in order', () => {
  const hosts = parseHosts(
    '127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\r\n 10.0.0.1  Db.Example db # the old one\n',
  );
  assert.deepEqual(Object.fromEntries(hosts), {
    localhost: ['127.0.0.1', '::1'],
    'ip6-localhost': ['::1'],
    'db.example': ['10.0.0.1'],
    db: ['10.0.0.1'],
  });
});

test('parseHosts: comments, blank lines and what is no address are passed over', () => {
  const hosts = parseHosts('# 10.0.0.1 a\n\n10.0.0 b\nc 10.0.0.1\n10.0.0.1\n10.0.0.2 d#e\n');
  assert.deepEqual(Object.fromEntries(hosts), { d: ['10.0.0.2'] });
});

test('parseHosts: an address that stands there twice is one', () => {
  assert.deepEqual(parseHosts('127.0.0.1 h\n127.0.0.1 h').get('h'), ['127.0.0.1']);
});

test('parseHosts: an IPv6 address may have a zone', () => {
  assert.deepEqual(parseHosts('fe80::1%lo0 h').get('h'), ['fe80::1%lo0']);
});
