import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { OutcomeQueue } from '../../src/engine/outcome-queue.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { settle } from '../concurrency/support.ts';

function outcome(index: number): Outcome {
  const item = { index, url: `http://a/${index}` };
  return { item, status: 'skipped', reason: 'already-there', path: 'there', bytes: 1, attempts: 0 };
}

/** A queue of at most `most`, which holds the outcomes 0 to `count` - 1. */
function filled(most: number, count: number): OutcomeQueue {
  const queue = new OutcomeQueue(most);
  for (let index = 0; index < count; index++) queue.put(outcome(index));
  return queue;
}

test('OutcomeQueue.take: returns the outcomes in the order in which they were put', () => {
  const queue = filled(5, 2);
  assert.deepEqual(
    [queue.take(), queue.take(), queue.take()].map((each) => each?.item.index),
    [0, 1, undefined],
  );
});

test('OutcomeQueue.next: waits for an outcome', async () => {
  const queue = new OutcomeQueue(5);
  const next = queue.next();
  queue.put(outcome(3));
  assert.equal((await next)?.item.index, 3);
});

test('OutcomeQueue.next: ends once the queue is closed and empty', async () => {
  const queue = filled(5, 1);
  queue.close();
  assert.equal((await queue.next())?.item.index, 0);
  assert.equal(await queue.next(), undefined);
});

test('OutcomeQueue.close: ends a wait', async () => {
  const queue = new OutcomeQueue(5);
  const next = queue.next();
  queue.close();
  assert.equal(await next, undefined);
});

test('OutcomeQueue.room: all producers wait from the limit on, until half of the outcomes are taken', async () => {
  const queue = filled(4, 3);
  assert.equal(queue.room(), undefined);
  queue.put(outcome(3));
  let woken = 0;
  const waits = [queue.room(), queue.room()].map(async (room) => {
    assert.ok(room instanceof Promise);
    await room;
    woken++;
  });
  queue.take();
  await settle();
  assert.equal(woken, 0);
  queue.take();
  await Promise.all(waits);
  assert.equal(queue.room(), undefined);
});

test('OutcomeQueue.room: a producer that is cancelled leaves no wait behind', async () => {
  const queue = filled(1, 1);
  const producer = createTask(async () => await queue.room());
  await settle();
  producer.cancel();
  await assert.rejects(producer, { name: 'CancelledError' });
  queue.take();
  assert.equal(queue.room(), undefined);
});

test('OutcomeQueue.fail: the failure is thrown once, after the outcomes that were ready', async () => {
  const broken = new Error('broken');
  const queue = filled(5, 1);
  assert.equal(queue.fail(broken), true);
  assert.equal((await queue.next())?.item.index, 0);
  await assert.rejects(queue.next(), (error) => error === broken);
  assert.equal(await queue.next(), undefined);
  queue.throwFailure();
});

test('OutcomeQueue.fail: ends a wait', async () => {
  const queue = new OutcomeQueue(5);
  const next = queue.next();
  queue.fail(new Error('broken'));
  await assert.rejects(next, { message: 'broken' });
});

test('OutcomeQueue.fail: only the first failure counts', () => {
  const [first, second] = [new Error('first'), new Error('second')];
  const queue = new OutcomeQueue(5);
  assert.deepEqual([queue.fail(first), queue.fail(first), queue.fail(second)], [true, true, false]);
  assert.throws(
    () => queue.throwFailure(),
    (error) => error === first,
  );
});

test('OutcomeQueue.fail: says that it will not be thrown once the consumer was cancelled', async () => {
  const queue = new OutcomeQueue(5);
  const consumer = createTask(() => queue.next());
  await settle();
  consumer.cancel();
  await assert.rejects(consumer, { name: 'CancelledError' });
  assert.equal(queue.fail(new Error('broken')), false);
  queue.throwFailure();
});
