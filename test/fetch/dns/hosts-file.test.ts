import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHosts } from '../../../src/fetch/dns/hosts-file.ts';

test('parseHosts: names in lower case, with all of their addresses in order', () => {
  const hosts = parseHosts(
    [
      '# 192.0.2.9 comment',
      '127.0.0.1\tlocalhost  Box.example box # box2',
      '::1 localhost ip6-localhost # x\r',
      '127.0.0.1 localhost',
      'fe80::1%lo0 scoped',
      '192.0.2.300 not-an-address',
      'name 192.0.2.1',
      '192.0.2.1',
      '',
    ].join('\n'),
  );
  assert.deepEqual(Object.fromEntries(hosts), {
    localhost: ['127.0.0.1', '::1'],
    'box.example': ['127.0.0.1'],
    box: ['127.0.0.1'],
    'ip6-localhost': ['::1'],
    scoped: ['fe80::1%lo0'],
  });
});
