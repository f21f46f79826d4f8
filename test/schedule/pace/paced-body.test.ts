import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PacedBody } from '../../../src/schedule/pace/paced-body.ts';
import { TokenBucket } from '../../../src/schedule/pace/token-bucket.ts';
import { settle } from '../../concurrency/support.ts';
import { Body } from '../../support/body.ts';

const HEAD = { httpStatus: 200, url: 'http://h/', offset: 0 };

/** A body that gets a byte each ms, and ten at once, by a clock that the test turns forward. */
function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const bytes = new TokenBucket({ perMs: 1, burst: 10, now: () => now });
  const pass = async (ms: number) => {
    now += ms;
    t.mock.timers.tick(ms);
    await settle();
  };
  const body = new Body();
  return { bytes, body, paced: new PacedBody(body, bytes), pass };
}

/** Whether `waiting` is over. */
function over(waiting: Promise<void> | undefined): () => boolean {
  let isOver = waiting === undefined;
  waiting?.then(() => {
    isOver = true;
  });
  return () => isOver;
}

test('PacedBody: a chunk is handed on at once, and the sender pauses until its tokens have come in', async (t) => {
  const { body, paced, pass } = setUp(t);
  paced.begin(HEAD);
  assert.deepEqual(body.heads, [HEAD]);
  assert.equal(paced.write(Buffer.from('0123456789')), undefined);
  const isOver = over(paced.write(Buffer.from('abcdefg')));
  assert.equal(body.text, '0123456789abcdefg');
  await pass(6);
  assert.equal(isOver(), false);
  await pass(1);
  assert.equal(isOver(), true);
});

test('PacedBody: the sender pauses for the disk as well', async (t) => {
  const { body, paced, pass } = setUp(t);
  const disk = Promise.withResolvers<void>();
  body.write = () => disk.promise;
  assert.equal(paced.write(Buffer.alloc(10)), disk.promise);
  const isOver = over(paced.write(Buffer.alloc(5)));
  await pass(5);
  assert.equal(isOver(), false);
  disk.resolve();
  await settle();
  assert.equal(isOver(), true);
});

test('PacedBody: bodies share the tokens of a bucket', async (t) => {
  const { bytes, paced, pass } = setUp(t);
  const other = new PacedBody(new Body(), bytes);
  paced.write(Buffer.alloc(10));
  const first = over(paced.write(Buffer.alloc(5)));
  const second = over(other.write(Buffer.alloc(5)));
  await pass(5);
  assert.deepEqual([first(), second()], [true, false]);
  await pass(5);
  assert.equal(second(), true);
});

test('PacedBody: leaves no timer', (t) => {
  const { paced } = setUp(t);
  const set = t.mock.method(globalThis, 'setTimeout');
  const clear = t.mock.method(globalThis, 'clearTimeout');
  paced.write(Buffer.alloc(1_000));
  paced[Symbol.dispose]();
  const [timer] = set.mock.calls;
  assert.ok(timer !== undefined);
  assert.ok(clear.mock.calls.some(({ arguments: [cleared] }) => cleared === timer.result));
});
