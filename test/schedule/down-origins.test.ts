import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

test('DownOrigins: keeps no object that a failed row used', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const origins = new DownOrigins(() => 0);
  const row = new WeakRef(addFailureOf(new FailingRow(), origins));
  // A WeakRef holds its object until the end of the turn in which it was made.
  await new Promise(setImmediate);
  collect();
  assert.equal(row.deref(), undefined);
  assert.ok(origins.get('http://a') !== undefined);
});

class FailingRow {
  fail(): OriginDownError {
    return new OriginDownError('http://a', new Error('refused'));
  }
}

function addFailureOf(row: FailingRow, origins: DownOrigins): FailingRow {
  origins.add('http://a', row.fail());
  return row;
}
