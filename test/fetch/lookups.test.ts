import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lookups } from '../../src/fetch/lookups.ts';
import { settle } from '../concurrency/support.ts';

type Lookup = Lookups['lookup'];

/** A resolver that answers when the test says so. */
function setUp() {
  let now = 0;
  const asked: { hostname: string; answer: Parameters<Lookup>[2] }[] = [];
  const lookups = new Lookups(
    (hostname, _options, answer) => asked.push({ hostname, answer }),
    () => now,
  );
  const told: unknown[] = [];
  const ask = (hostname: string, options = {}) =>
    lookups.lookup(hostname, options, (error, address) => told.push(error?.code ?? address));
  return {
    asked,
    told,
    ask,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('lookup: those who ask at the same time share one answer', async () => {
  const { asked, told, ask } = setUp();
  for (let i = 0; i < 5; i++) ask('h');
  ask('other');
  assert.deepEqual(
    asked.map(({ hostname }) => hostname),
    ['h', 'other'],
  );
  asked[0]?.answer(null, '10.0.0.1', 4);
  await settle();
  assert.deepEqual(
    told,
    Array.from({ length: 5 }, () => '10.0.0.1'),
  );
});

test('lookup: an answer is good for a minute', async () => {
  const { asked, told, ask, pass } = setUp();
  ask('h');
  asked[0]?.answer(null, '10.0.0.1', 4);
  pass(59_999);
  ask('h');
  await settle();
  assert.deepEqual([asked.length, told.length], [1, 2]);
  pass(1);
  ask('h');
  assert.equal(asked.length, 2);
});

test('lookup: answers to different questions are kept apart', () => {
  const { asked, ask } = setUp();
  ask('h', { all: true });
  ask('h', { all: false });
  ask('h', { family: 6 });
  ask('h', { all: true });
  assert.equal(asked.length, 3);
});

test('lookup: a failure is for those who wait, and the next one asks again', async () => {
  const { asked, told, ask } = setUp();
  ask('h');
  ask('h');
  asked[0]?.answer(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), '');
  await settle();
  assert.deepEqual(told, ['ENOTFOUND', 'ENOTFOUND']);
  ask('h');
  assert.equal(asked.length, 2);
});

test('lookup: more hosts than are remembered are looked up all the same', async () => {
  const { asked, ask } = setUp();
  for (let i = 0; i < 2_500; i++) ask(`h${i}`);
  assert.equal(asked.length, 2_500);
});
