import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidatesFor, parseResolvConf } from '../../../src/fetch/dns/resolv-conf.ts';

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

test('parseResolvConf: the domain of this machine is searched where the file names none', () => {
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
