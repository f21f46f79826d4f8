import assert from 'node:assert/strict';
import { Resolver } from 'node:dns';
import { test } from 'node:test';
import { parseDnsServers } from '../../../src/fetch/dns/parse-dns-server.ts';

for (const [texts, servers] of [
  [[], []],
  [['1.1.1.1'], ['1.1.1.1']],
  [['1.1.1.1:53'], ['1.1.1.1:53']],
  [['127.0.0.1:5353'], ['127.0.0.1:5353']],
  [['::1'], ['::1']],
  [['[::1]'], ['::1']],
  [['[2606:4700::1111]:65535'], ['[2606:4700::1111]:65535']],
  [
    ['1.1.1.1,8.8.8.8:53', '[::1]:5353'],
    ['1.1.1.1', '8.8.8.8:53', '[::1]:5353'],
  ],
  [['1.1.1.1, 8.8.8.8'], ['1.1.1.1', '8.8.8.8']],
] as const) {
  test(`parseDnsServers: ${JSON.stringify(texts)}`, () => {
    const parsed = parseDnsServers(texts);
    assert.deepEqual(parsed, servers);
    new Resolver().setServers(parsed);
  });
}

for (const text of [
  ...['', ',', '1.1.1.1,', 'dns.example', 'localhost:53', '1.1.1', '1.1.1.256', '1.1.1.1:'],
  ...['1.1.1.1:0', '1.1.1.1:65536', '1.1.1.1:dns', '[1.1.1.1]:53', '[::1', '::1]:53', '[::1]:0'],
  ...['[::1]5353', '[dns.example]:53', 'udp://1.1.1.1', '1.1.1.1 8.8.8.8', 'fe80::1%eth0'],
  '[fe80::1%eth0]:53',
]) {
  test(`parseDnsServers: ${JSON.stringify(text)} is an error`, () => {
    assert.throws(() => parseDnsServers(['9.9.9.9', text]), {
      name: 'SyntaxError',
      message: /^'.*' is not the IP address of a name server, such as .+$/,
    });
  });
}
