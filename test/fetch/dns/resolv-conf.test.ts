import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidatesFor, parseResolvConf } from '../../../src/fetch/dns/resolv-conf.ts';

const USUAL = { search: [], ndots: 1, timeout: 5_000, attempts: 2 };

test('parseResolvConf: what nothing is said of is as resolv.conf(5) has it', () => {
  assert.deepEqual(parseResolvConf(''), USUAL);
  assert.deepEqual(parseResolvConf('nameserver 10.0.0.1\noptions edns0 trust-ad\n'), USUAL);
});

test('parseResolvConf: search domains and options', () => {
  const text = 'search a.example b.example.\noptions ndots:3 timeout:2\noptions attempts:4 rotate';
  assert.deepEqual(parseResolvConf(text), {
    search: ['a.example', 'b.example'],
    ndots: 3,
    timeout: 2_000,
    attempts: 4,
  });
});

test('parseResolvConf: of domain and search the last one counts', () => {
  assert.deepEqual(parseResolvConf('search a b\ndomain c').search, ['c']);
  assert.deepEqual(parseResolvConf('domain c\nsearch a b').search, ['a', 'b']);
  assert.deepEqual(parseResolvConf('search .').search, []);
});

test('parseResolvConf: options have upper bounds', () => {
  const { ndots, timeout, attempts } = parseResolvConf('options ndots:99 timeout:99 attempts:99');
  assert.deepEqual([ndots, timeout, attempts], [15, 30_000, 5]);
  const least = parseResolvConf('options ndots:0 timeout:0 attempts:0');
  assert.deepEqual([least.ndots, least.timeout, least.attempts], [0, 1_000, 1]);
});

test('parseResolvConf: comments and what makes no sense are passed over', () => {
  const text = '# search a\n; search b\noptions ndots:x ndots timeout:-1\nsearch\tc # d\n';
  assert.deepEqual(parseResolvConf(text), { ...USUAL, search: ['c'] });
});

test('candidatesFor: a name with enough dots is tried as it is first, one with fewer last', () => {
  const conf = { ...USUAL, search: ['a', 'b'], ndots: 2 };
  assert.deepEqual(candidatesFor('h.example', conf), ['h.example.a', 'h.example.b', 'h.example']);
  assert.deepEqual(candidatesFor('w.h.example', conf), [
    'w.h.example',
    'w.h.example.a',
    'w.h.example.b',
  ]);
});

test('candidatesFor: without search domains, or with a dot at its end, there is only the name', () => {
  assert.deepEqual(candidatesFor('db', USUAL), ['db']);
  assert.deepEqual(candidatesFor('db.', { ...USUAL, search: ['a'] }), ['db']);
});
