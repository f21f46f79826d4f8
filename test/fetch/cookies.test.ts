import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cookies, fileJar, parseNetscapeCookies } from '../../src/fetch/cookies.ts';

const FILE = [
  '# Netscape HTTP Cookie File',
  '',
  '.example.com\tTRUE\t/\tFALSE\t0\tbelow\t1',
  'example.com\tFALSE\t/\tFALSE\t4102444800\thost\t2',
  '#HttpOnly_example.com\tFALSE\t/in\tFALSE\t0\tpath\t3',
  'example.com\tFALSE\t/\tTRUE\t0\tsecure\t4',
  'example.com\tFALSE\t/\tFALSE\t946684800\texpired\t5',
  '127.0.0.1\tFALSE\t/\tTRUE\t0\tlocal\t6',
  'intranet\tFALSE\t/\tFALSE\t0\tshort\t7',
].join('\r\n');

async function ofFile(url: string): Promise<string | undefined> {
  return new Cookies(await fileJar(parseNetscapeCookies(FILE))).headerFor(new URL(url));
}

for (const [url, cookies] of [
  ['http://example.com/', 'below=1; host=2'],
  ['http://EXAMPLE.com:8080/in/a', 'below=1; host=2; path=3'],
  ['http://example.com/inside', 'below=1; host=2'],
  ['https://example.com/', 'below=1; host=2; secure=4'],
  ['http://a.example.com/', 'below=1'],
  ['http://badexample.com/', undefined],
  ['http://example.org/', undefined],
  ['https://127.0.0.1:8/', 'local=6'],
  ['http://127.0.0.1:8/', undefined],
  ['http://intranet/', 'short=7'],
] as const) {
  test(`Cookies: ${url} gets ${cookies} of the file`, async () => {
    const sorted = (await ofFile(url))?.split('; ').sort().join('; ');
    assert.equal(sorted, cookies);
  });
}

test('Cookies: cookies set during the chain are sent, replace others, and expire', async () => {
  const cookies = new Cookies(await fileJar(parseNetscapeCookies(FILE)));
  const at = new URL('https://login.example.com/a');
  await cookies.keep(at, ['s=1; Domain=example.com; Path=/', 'own=2; Path=/', 'below=9; Path=/']);
  assert.equal(cookies.headerFor(new URL('https://data.example.com/')), 'below=1; s=1');
  assert.equal(cookies.headerFor(at), 'below=9; s=1; own=2');
  await cookies.keep(at, ['s=; Domain=example.com; Path=/; Max-Age=0']);
  assert.equal(cookies.headerFor(new URL('https://data.example.com/')), 'below=1');
});

test('Cookies: refuses cookies for a public suffix, for another domain, and invalid ones', async () => {
  const cookies = new Cookies(undefined);
  const at = new URL('https://a.co.uk/');
  await cookies.keep(at, ['x=1; Domain=co.uk', 'x=1; Domain=example.com', '', '; ;']);
  assert.equal(cookies.headerFor(new URL('https://b.co.uk/')), undefined);
  assert.equal(cookies.headerFor(new URL('https://example.com/')), undefined);
});

test('Cookies: keeps a bounded part of what a chain sets', async () => {
  const at = new URL('https://example.com/');
  const many = new Cookies(undefined);
  await many.keep(
    at,
    Array.from({ length: 51 }, (_, i) => `c${i}=1`),
  );
  assert.equal(many.headerFor(at)?.split('; ').length, 50);
  const large = new Cookies(undefined);
  for (let i = 0; i < 20; i++) await large.keep(at, [`c${i}=${'1'.repeat(4000)}`, `s${i}=1`]);
  const kept = large.headerFor(at)?.split('; ') ?? [];
  assert.deepEqual([kept.filter((pair) => pair.startsWith('c')).length, kept.length], [8, 28]);
});

for (const [line, what] of [
  ['example.com\tTRUE\t/\tFALSE\t0', 'too few fields'],
  ['example.com\tTRUE\t/\tFALSE\t0\tname\tvalue\tmore', 'too many fields'],
  ['example.com\tTRUE\t/\tFALSE\tnever\tname\tvalue', 'no time'],
  ['<html>', 'no cookies at all'],
] as const) {
  test(`parseNetscapeCookies: ${what}`, () => {
    assert.throws(() => parseNetscapeCookies(`# ok\n${line}`), {
      name: 'SyntaxError',
      message: 'line 2: not a cookie of seven fields between tabs',
    });
  });
}

test('parseNetscapeCookies: reads an empty value without its tab', () => {
  assert.equal(parseNetscapeCookies('h\tFALSE\t/\tFALSE\t0\tn')[0]?.value, '');
});
