import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OriginDownError } from '../../src/model/failure.ts';
import { DownOrigins } from '../../src/schedule/down-origins.ts';

const down = new OriginDownError('http://a', new Error('refused'));

test('DownOrigins: remembers why an origin was given up, for five minutes', () => {
  let now = 0;
  const origins = new DownOrigins(() => now);
  assert.equal(origins.get('http://a'), undefined);
  origins.add('http://a', down);
  now = 299_999;
  assert.deepEqual([origins.get('http://a'), origins.get('http://b')], [down, undefined]);
  now = 300_000;
  assert.equal(origins.get('http://a'), undefined);
});

test('DownOrigins: forgets an origin that serves after all', () => {
  const origins = new DownOrigins(() => 0);
  origins.add('http://a', down);
  origins.delete('http://a');
  assert.equal(origins.get('http://a'), undefined);
});

test('DownOrigins: remembers the thousand that were given up last', () => {
  const origins = new DownOrigins(() => 0);
  for (let n = 0; n < 1_000; n++) origins.add(`http://h${n}`, down);
  // Given up again, it is among the last.
  origins.add('http://h0', down);
  origins.add('http://a', down);
  assert.deepEqual(
    ['http://h0', 'http://h1', 'http://h2', 'http://a'].map((origin) => origins.get(origin)),
    [down, undefined, down, down],
  );
});
