import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetrc } from '../../../src/fetch/auth/netrc.ts';

test('parseNetrc: reads entries in any layout, and takes the first of a host', () => {
  const { loginAt, fallback } = parseNetrc(`# mine
machine Example.com login ann password s3cret # really
machine b.example
  login bob
  account ignored
  password "two \\"words\\""
machine example.com login eve password other
default login anonymous password me@home
`);
  assert.deepEqual(loginAt('example.com'), { username: 'ann', password: 's3cret' });
  assert.deepEqual(loginAt('example.com', 'eve'), { username: 'eve', password: 'other' });
  assert.deepEqual(loginAt('b.example'), { username: 'bob', password: 'two "words"' });
  assert.equal(loginAt('other.example'), undefined);
  assert.deepEqual(fallback, { username: 'anonymous', password: 'me@home' });
});

test('parseNetrc: a password may begin with #, and a login may be named login', () => {
  const { loginAt } = parseNetrc('machine h login login password #1#\n');
  assert.deepEqual(loginAt('h'), { username: 'login', password: '#1#' });
});

test('parseNetrc: macros are skipped', () => {
  const { loginAt } = parseNetrc(
    'machine a login x password y\nmacdef init\nmachine no\nbye\n\nmachine b login x password y',
  );
  assert.ok(loginAt('a'));
  assert.equal(loginAt('no'), undefined);
  assert.ok(loginAt('b'));
});

test('parseNetrc: reads Windows line ends, a byte order mark, and an empty file', () => {
  assert.equal(parseNetrc('machine h\r\nlogin x\r\npassword y\r\n').loginAt('h')?.password, 'y');
  assert.equal(parseNetrc('').loginAt('h'), undefined);
  assert.equal(parseNetrc('\uFEFFmachine h login x password y').loginAt('h')?.password, 'y');
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
