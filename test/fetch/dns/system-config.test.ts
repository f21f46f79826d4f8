import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  candidatesFor,
  hasGlobalIpv6,
  parseHosts,
  parseResolvConf,
  systemPolicyOf,
} from '../../../src/fetch/dns/system-config.ts';

const USUAL = { search: [], ndots: 1, timeout: 5_000, attempts: 2 };

for (const [what, text, expected] of [
  ['an empty file', '', {}],
  ['name servers alone', 'nameserver 192.0.2.1\nnameserver ::1\n', {}],
  [
    'search domains',
    'search a.example .b.example c.example.\n',
    { search: ['a.example', 'b.example', 'c.example'] },
  ],
  ['a domain', 'domain a.example b.example', { search: ['a.example'] }],
  ['the last of several lines', 'search a.example\ndomain b.example\n', { search: ['b.example'] }],
  ['the root, which is no domain', 'search .\n', {}],
  [
    'options',
    'options ndots:3 timeout:2 attempts:4 rotate\n',
    { ndots: 3, timeout: 2_000, attempts: 4 },
  ],
  ['options on several lines', 'options ndots:3\noptions timeout:2', { ndots: 3, timeout: 2_000 }],
  [
    'options beyond their bounds',
    'options ndots:99 timeout:99 attempts:99',
    { ndots: 15, timeout: 30_000, attempts: 5 },
  ],
  [
    'options of 0',
    'options ndots:0 timeout:0 attempts:0',
    { ndots: 0, timeout: 1_000, attempts: 1 },
  ],
  ['options that make no sense', 'options ndots:x timeout timeout:-1 :3', {}],
  [
    'comments, tabs and carriage returns',
    '# search x\n; search y\n\tsearch\ta.example\t# z\r\n',
    { search: ['a.example'] },
  ],
] as const) {
  test(`parseResolvConf: ${what}`, () => {
    assert.deepEqual(parseResolvConf(text), { ...USUAL, ...expected });
  });
}

test('parseResolvConf: searches the domain of this machine when the file names none', () => {
  assert.deepEqual(parseResolvConf('', 'box.corp.example').search, ['corp.example']);
  assert.deepEqual(parseResolvConf('search a.example', 'box.corp.example').search, ['a.example']);
  assert.deepEqual(parseResolvConf('search .', 'box.corp.example').search, []);
  for (const hostname of ['box', 'box.'])
    assert.deepEqual(parseResolvConf('', hostname).search, []);
});

for (const [host, search, ndots, expected] of [
  ['h', [], 1, ['h']],
  ['h', ['a', 'b'], 1, ['h.a', 'h.b', 'h']],
  ['h.x', ['a', 'b'], 1, ['h.x', 'h.x.a', 'h.x.b']],
  ['h.x', ['a'], 2, ['h.x.a', 'h.x']],
  ['h', ['a'], 0, ['h', 'h.a']],
  ['h.', ['a'], 1, ['h']],
  ['h.x.', ['a'], 5, ['h.x']],
] as const) {
  test(`candidatesFor: ${host} with ndots ${ndots} below [${search}]`, () => {
    const conf = { ...USUAL, search, ndots };
    assert.deepEqual(candidatesFor(host, conf), expected);
  });
}

test('parseHosts: returns names in lower case, with all of their addresses in order', () => {
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

const HOSTS = ['h.example', 'single', 'printer.local', 'printer.local.'] as const;

for (const [what, line, ...expected] of [
  ['a Debian server', 'files dns', 'never', 'never', 'never', 'never'],
  [
    'a Debian desktop',
    'files mdns4_minimal [NOTFOUND=return] dns',
    'never',
    'never',
    'first',
    'first',
  ],
  [
    'an Ubuntu desktop',
    'files mdns4_minimal [NOTFOUND=return] dns mymachines',
    'never',
    'after',
    'first',
    'first',
  ],
  [
    'Fedora',
    'files myhostname mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns',
    'never',
    'after',
    'first',
    'first',
  ],
  [
    'Arch',
    'mymachines resolve [!UNAVAIL=return] files myhostname dns',
    'never',
    'after',
    'after',
    'after',
  ],
  ['a module of its own before DNS', 'files nis dns', 'first', 'first', 'first', 'first'],
  ['a module of its own after DNS', 'files dns wins', 'after', 'after', 'after', 'after'],
  ['no DNS', 'files nis', 'first', 'first', 'first', 'first'],
  ['files alone', 'files', 'first', 'first', 'first', 'first'],
  ['nothing', '', 'first', 'first', 'first', 'first'],
] as const) {
  test(`systemPolicyOf: ${what}`, () => {
    const text = `passwd: files nis\n# hosts: nis\nhosts:\t  ${line}  # as ever\nnetworks: files\n`;
    const policy = systemPolicyOf(text);
    assert.deepEqual(HOSTS.map(policy), expected);
  });
}

test('systemPolicyOf: DNS alone without the line, or the file', () => {
  for (const text of ['', 'passwd: files nis\n', '# hosts: nis\n']) {
    assert.deepEqual(
      HOSTS.map(systemPolicyOf(text)),
      Array.from(HOSTS, () => 'never'),
    );
  }
});

test('systemPolicyOf: ignores similar names', () => {
  const policy = systemPolicyOf('hosts: files mdns4_minimal dns mymachines');
  assert.deepEqual(
    ['locale', 'h.locale', 'local.example', 'nolocal', 'a.LOCAL', 'single.'].map(policy),
    ['after', 'never', 'never', 'after', 'first', 'after'],
  );
});

for (const [address, internal, expected] of [
  ['2001:db8::1', false, true],
  ['3fff::1', false, true],
  ['2001:db8::1', true, false],
  ['fe80::1', false, false],
  ['fd00::1', false, false],
  ['::1', true, false],
  ['192.0.2.1', false, false],
] as const) {
  test(`hasGlobalIpv6: ${address}${internal ? ', internal' : ''}`, () => {
    const family = address.includes(':') ? 'IPv6' : 'IPv4';
    const one = { address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 };
    assert.equal(hasGlobalIpv6({ eth0: [one as never], lo: undefined }), expected);
  });
}
