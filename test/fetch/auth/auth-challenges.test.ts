// Slow: waits in real time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenges } from '../../../src/fetch/auth/auth-challenges.ts';

const parsed = (...lines: string[]) =>
  parseChallenges(lines).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

for (const [line, challenges] of [
  ['Basic', [['basic', {}]]],
  ['Basic realm="a, b=c"', [['basic', { realm: 'a, b=c' }]]],
  ['Digest realm=a,nonce="b"', [['digest', { realm: 'a', nonce: 'b' }]]],
  // RFC 9110 section 11.6.1.
  [
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  ],
  [
    'Negotiate, NTLM , Basic Realm = "x"',
    [
      ['negotiate', {}],
      ['ntlm', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'Negotiate YII==, Basic realm=x',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'NTLM a/b+c=, Basic realm=x',
    [
      ['ntlm', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  [',, Digest  nonce="a",, nonce="b"', [['digest', { nonce: 'a' }]]],
  ['Digest nonce="a', [['digest', {}]]],
  ['realm=x', []],
  ['', []],
  ['"', []],
  ['@@@ Basic', []],
  ['Digest qop="auth,auth-int", nonce=', [['digest', { qop: 'auth,auth-int' }]]],
] as const) {
  test(`parseChallenges: ${line}`, () => assert.deepEqual(parsed(line), challenges));
}

test('parseChallenges: several lines are one list', () => {
  assert.deepEqual(parsed('Basic realm=a', 'Digest realm=b'), [
    ['basic', { realm: 'a' }],
    ['digest', { realm: 'b' }],
  ]);
});

test('parseChallenges: takes time in proportion to the line', () => {
  const pieces = [
    'a',
    'a=',
    'a="',
    '"',
    '\\',
    '"\\"',
    ',',
    ' ',
    '=',
    'a ',
    'a="b" ',
    'a="\\" ',
    '\u00e9',
  ];
  for (const piece of pieces) {
    const line = `Digest nonce="n", ${piece.repeat(1_000_000 / piece.length)}`;
    // CPU time: the machine may be busy.
    const begun = process.cpuUsage();
    parseChallenges([line, `${line}x`]);
    const { user, system } = process.cpuUsage(begun);
    const ms = (user + system) / 1_000;
    assert.ok(ms < 2_000, `${JSON.stringify(piece)}: ${ms} ms`);
  }
});
