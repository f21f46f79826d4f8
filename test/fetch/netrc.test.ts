import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetrc } from '../../src/fetch/netrc.ts';

test('parseNetrc: entries in any layout, the first of a host counts', () => {
  const { machines, fallback } = parseNetrc(`# mine
machine Example.com login ann password s3cret # really
machine b.example
  login bob
  account ignored
  password "two \\"words\\""
machine example.com login eve password other
default login anonymous password me@home
`);
  assert.deepEqual(Object.fromEntries(machines), {
    'example.com': { username: 'ann', password: 's3cret' },
    'b.example': { username: 'bob', password: 'two "words"' },
  });
  assert.deepEqual(fallback, { username: 'anonymous', password: 'me@home' });
});

test('parseNetrc: a password may begin with #, and a login may be named login', () => {
  const { machines } = parseNetrc('machine h login login password #1#\n');
  assert.deepEqual(machines.get('h'), { username: 'login', password: '#1#' });
});

test('parseNetrc: macros are skipped', () => {
  const { machines } = parseNetrc(
    'machine a login x password y\nmacdef init\nmachine no\nbye\n\nmachine b login x password y',
  );
  assert.deepEqual([...machines.keys()], ['a', 'b']);
});

test('parseNetrc: Windows line ends, and nothing at all', () => {
  assert.equal(
    parseNetrc('machine h\r\nlogin x\r\npassword y\r\n').machines.get('h')?.password,
    'y',
  );
  assert.equal(parseNetrc('').machines.size, 0);
});

for (const [text, message] of [
  ['login x', 'line 1: "machine" or "default" comes first'],
  ['machine h\nlogin', 'line 2: nothing after login'],
  ['machine', 'line 1: nothing after machine'],
  ['machine h login x s3cret y', 'line 1: not a word of .netrc'],
] as const) {
  test(`parseNetrc: ${message}`, () => {
    assert.throws(() => parseNetrc(text), { name: 'SyntaxError', message });
  });
}
