import assert from 'node:assert/strict';
import { Resolver } from 'node:dns';
import { test } from 'node:test';
import { HostOverrides, parseDnsServers } from '../../../src/fetch/dns/dns-options.ts';

for (const [entries, host, port, addresses] of [
  [[], 'a.test', 80, undefined],
  [['a.test:80:10.0.0.1'], 'a.test', 80, ['10.0.0.1']],
  [['a.test:80:10.0.0.1'], 'a.test', 443, undefined],
  [['a.test:80:10.0.0.1'], 'b.a.test', 80, undefined],
  [['a.test:80:10.0.0.2,10.0.0.1'], 'a.test', 80, ['10.0.0.2', '10.0.0.1']],
  [['a.test:80:::1'], 'a.test', 80, ['::1']],
  [['a.test:80:[::1],10.0.0.1,[2001:db8::2]'], 'a.test', 80, ['::1', '10.0.0.1', '2001:db8::2']],
  [['A.Test:80:10.0.0.1'], 'a.TEST', 80, ['10.0.0.1']],
  [['a.test.:80:10.0.0.1'], 'a.test', 80, ['10.0.0.1']],
  [['a.test:80:10.0.0.1'], 'a.test.', 80, ['10.0.0.1']],
  [['a_b.test:80:10.0.0.1'], 'a_b.test', 80, ['10.0.0.1']],
  [['bücher.test:80:10.0.0.1'], 'xn--bcher-kva.test', 80, ['10.0.0.1']],
  [['[2001:DB8:0::1]:80:10.0.0.1'], '[2001:db8::1]', 80, ['10.0.0.1']],
  [['10.0.0.9:80:10.0.0.1'], '10.0.0.9', 80, ['10.0.0.1']],
  [['*:80:10.0.0.1'], 'any.test', 80, ['10.0.0.1']],
  [['*:80:10.0.0.1'], 'any.test', 81, undefined],
  [['*:80:10.0.0.1', 'a.test:80:10.0.0.2'], 'a.test', 80, ['10.0.0.2']],
  [['a.test:80:10.0.0.2', '*:80:10.0.0.1'], 'a.test', 80, ['10.0.0.2']],
  [['+a.test:80:10.0.0.1'], 'a.test', 80, ['10.0.0.1']],
  [['+*:80:10.0.0.1'], 'a.test', 80, ['10.0.0.1']],
  [['a.test:80:10.0.0.1', 'a.test:80:10.0.0.2'], 'a.test', 80, ['10.0.0.2']],
  [['a.test:80:10.0.0.1', '-A.test:80'], 'a.test', 80, undefined],
  [['-a.test:80', 'a.test:80:10.0.0.1'], 'a.test', 80, ['10.0.0.1']],
  [['a.test:80:10.0.0.1', '-a.test:81'], 'a.test', 80, ['10.0.0.1']],
  [['*:80:10.0.0.1', 'a.test:80:10.0.0.2', '-a.test:80'], 'a.test', 80, ['10.0.0.1']],
  [['*:80:10.0.0.1', '-*:80'], 'a.test', 80, undefined],
] as const) {
  test(`HostOverrides: ${entries.join(' ')} for ${host}:${port}`, () => {
    assert.deepEqual(new HostOverrides(entries).addressesFor(host, port), addresses);
  });
}

for (const entry of [
  ...['', 'a.test', 'a.test:80', 'a.test:80:', ':80:10.0.0.1', 'a.test::10.0.0.1', '-a.test'],
  ...['a.test:0:10.0.0.1', 'a.test:65536:10.0.0.1', 'a.test:http:10.0.0.1', '-a.test:80:10.0.0.1'],
  ...[
    'http://a.test:80:10.0.0.1',
    'a test:80:10.0.0.1',
    '[::x]:80:10.0.0.1',
    'a%.test:80:10.0.0.1',
  ],
]) {
  test(`HostOverrides: ${JSON.stringify(entry)} is an error`, () => {
    assert.throws(() => new HostOverrides(['b.test:80:10.0.0.1', entry]), {
      name: 'SyntaxError',
      message: `'${entry}' is not HOST:PORT:ADDR[,ADDR]…, such as example.com:443:127.0.0.1`,
    });
  });
}

for (const [entry, address] of [
  ['a.test:80:b.test', 'b.test'],
  ['a.test:80:10.0.0.1,', ''],
  ['a.test:80:10.0.0.1,10.0.0', '10.0.0'],
  ['a.test:80:[::1', '[::1'],
  ['a.test:80:10.0.0.1:81', '10.0.0.1:81'],
] as const) {
  test(`HostOverrides: ${JSON.stringify(entry)} is an error about its address`, () => {
    assert.throws(() => new HostOverrides([entry]), {
      name: 'SyntaxError',
      message: `'${address}' in '${entry}' is not an IP address`,
    });
  });
}

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
