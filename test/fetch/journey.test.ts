import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Journey } from '../../src/fetch/journey.ts';

const START = 'https://u:p@h/dir/a?q=1';

for (const [location, url, atHome, exposed] of [
  ['b', 'https://h/dir/b', true, false],
  ['/b#part', 'https://h/b', true, false],
  ['?q=2', 'https://h/dir/a?q=2', true, false],
  ['//h:444/', 'https://h:444/', false, false],
  ['http://h/b', 'http://h/b', false, true],
  ['https://x:y@other/b', 'https://other/b', false, false],
  ['https://H:443/b', 'https://h/b', true, false],
  [Buffer.from('/é').toString('latin1'), 'https://h/%C3%A9', true, false],
] as const) {
  test(`Journey: ${location} leads to ${url}`, () => {
    const journey = new Journey(new URL(START), 1);
    journey.follow(location);
    assert.deepEqual(
      [journey.url.href, journey.atHome, journey.exposed, journey.redirects],
      [url, atHome, exposed, 1],
    );
  });
}

test('Journey: who has left is a stranger on the way back, and what was heard was heard', () => {
  const journey = new Journey(new URL(START), 9);
  journey.follow('http://other/');
  journey.follow(START);
  assert.deepEqual(
    [journey.url.href, journey.atHome, journey.exposed],
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
]) {
  test(`Journey: ${location} is refused`, () => {
    const journey = new Journey(new URL(START), 1);
    assert.throws(() => journey.follow(location), {
      name: 'RedirectError',
      reason: 'redirect-refused',
    });
  });
}

test('Journey: as many redirects as allowed', () => {
  const journey = new Journey(new URL(START), 2);
  journey.follow('1');
  journey.follow('2');
  assert.throws(() => journey.follow('3'), {
    reason: 'redirect-loop',
    message: 'more than 2 redirects',
  });
  assert.throws(() => new Journey(new URL(START), 0).follow('1'), { reason: 'redirect-loop' });
});

test('Journey: the same request again is a loop, unless its cookies changed', () => {
  const journey = new Journey(new URL('http://u:p@h/a#x'), 9);
  journey.note(undefined);
  journey.follow('/a');
  journey.note('a=1');
  journey.follow('/b');
  journey.note('a=1');
  journey.follow('/a');
  assert.throws(() => journey.note('a=1'), {
    reason: 'redirect-loop',
    message: 'it leads back to http://h/a',
  });
});

test('Journey: leading back to where it began is a loop', () => {
  const journey = new Journey(new URL('http://u:p@h/a#x'), 9);
  journey.note('a=1');
  journey.follow('#y');
  assert.throws(() => journey.note('a=1'), { reason: 'redirect-loop' });
});

for (const [location, path] of [
  ['/\u00c3\u00a9', '/%C3%A9'],
  ['/\u00e9.gif', '/%E9.gif'],
  ['/\u00e9?q=\u00ff%20', '/%E9?q=%FF%20'],
] as const) {
  test(`Journey: the bytes of ${JSON.stringify(location)} are sent on as they are`, () => {
    const journey = new Journey(new URL('http://a/'), 5);
    journey.follow(location);
    assert.equal(journey.url.href, `http://a${path}`);
  });
}
