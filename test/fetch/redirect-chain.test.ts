import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RedirectChain } from '../../src/fetch/redirect-chain.ts';

const START = 'https://u:p@h/dir/a?q=1';

for (const [location, url, isOwnOrigin, isDowngraded] of [
  ['b', 'https://h/dir/b', true, false],
  ['/b#part', 'https://h/b', true, false],
  ['?q=2', 'https://h/dir/a?q=2', true, false],
  ['//h:444/', 'https://h:444/', false, false],
  ['http://h/b', 'http://h/b', false, true],
  ['https://x:y@other/b', 'https://other/b', false, false],
  ['https://H:443/b', 'https://h/b', true, false],
  [Buffer.from('/é').toString('latin1'), 'https://h/%C3%A9', true, false],
] as const) {
  test(`RedirectChain: ${location} leads to ${url}`, () => {
    const chain = new RedirectChain(new URL(START), 1);
    chain.follow(location);
    assert.deepEqual(
      [chain.url.href, chain.isOwnOrigin, chain.isDowngraded, chain.redirects],
      [url, isOwnOrigin, isDowngraded, 1],
    );
  });
}

test('RedirectChain: stays foreign and downgraded on the way back', () => {
  const chain = new RedirectChain(new URL(START), 9);
  chain.follow('http://other/');
  chain.follow(START);
  assert.deepEqual(
    [chain.url.href, chain.isOwnOrigin, chain.isDowngraded],
    ['https://h/dir/a?q=1', false, true],
  );
});

for (const location of [
  'file:///etc/passwd',
  'ftp://h/a',
  'data:,x',
  'javascript:0',
  'http://',
  'http://h:99999/',
  `/?${'a'.repeat(32 * 1024)}`,
]) {
  test(`RedirectChain: ${location.slice(0, 30)} is refused`, () => {
    const chain = new RedirectChain(new URL(START), 1);
    assert.throws(() => chain.follow(location), {
      name: 'RedirectError',
      reason: 'redirect-refused',
    });
  });
}

test('RedirectChain: follows as many redirects as allowed', () => {
  const chain = new RedirectChain(new URL(START), 2);
  chain.follow('1');
  chain.follow('2');
  assert.throws(() => chain.follow('3'), {
    reason: 'redirect-loop',
    message: 'more than 2 redirects',
  });
  assert.throws(() => new RedirectChain(new URL(START), 0).follow('1'), {
    reason: 'redirect-loop',
  });
});

test('RedirectChain: the same request again is a loop, unless its cookies changed', () => {
  const chain = new RedirectChain(new URL('http://u:p@h/a#x'), 9);
  chain.note(undefined);
  chain.follow('/a');
  chain.note('a=1');
  chain.follow('/b');
  chain.note('a=1');
  chain.follow('/a');
  assert.throws(() => chain.note('a=1'), {
    reason: 'redirect-loop',
    message: 'it leads back to http://h/a',
  });
  // Long ones are compared as well.
  const long = `a=${'1'.repeat(1000)}`;
  chain.note(long);
  chain.note(`${long}1`);
  assert.throws(() => chain.note(long), { reason: 'redirect-loop' });
});

test('RedirectChain: leading back to the start is a loop', () => {
  const chain = new RedirectChain(new URL('http://u:p@h/a#x'), 9);
  chain.note('a=1');
  chain.follow('#y');
  assert.throws(() => chain.note('a=1'), { reason: 'redirect-loop' });
});

for (const [location, path] of [
  ['/\u00c3\u00a9', '/%C3%A9'],
  ['/\u00e9.gif', '/%E9.gif'],
  ['/\u00e9?q=\u00ff%20', '/%E9?q=%FF%20'],
] as const) {
  test(`RedirectChain: the bytes of ${JSON.stringify(location)} are sent as they are`, () => {
    const chain = new RedirectChain(new URL('http://a/'), 5);
    chain.follow(location);
    assert.equal(chain.url.href, `http://a${path}`);
  });
}
