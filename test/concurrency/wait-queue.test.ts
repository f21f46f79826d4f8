import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, createTask } from '../../src/concurrency/index.ts';
import { WaitQueue } from '../../src/concurrency/wait-queue.ts';
import { abortListeners, settle } from './support.ts';

test('WaitQueue: hands values over first come, first served', async () => {
  const queue = new WaitQueue<string>();
  const waiting = Promise.all([queue.wait(undefined), queue.wait(undefined)]);
  assert.equal(queue.size, 2);
  assert.equal(queue.next('a'), true);
  assert.equal(queue.next('b'), true);
  assert.equal(queue.next('nobody'), false);
  assert.deepEqual(await waiting, ['a', 'b']);
});

test('WaitQueue: hands a value to all that wait now, and to no later wait', async () => {
  const queue = new WaitQueue<number>();
  const waiting = [queue.wait(undefined), queue.wait(undefined)];
  const later = waiting[0]?.then(() => queue.wait(undefined));
  queue.all(1);
  assert.deepEqual(await Promise.all(waiting), [1, 1]);
  await settle();
  assert.equal(queue.size, 1);
  queue.next(2);
  assert.equal(await later, 2);
});

test('WaitQueue: fails the wait of the longest waiter, and then of all', async () => {
  const queue = new WaitQueue<number>();
  const { signal } = new AbortController();
  const waiting = [1, 2, 3].map(() => queue.wait(undefined, { signal }));
  queue.failNext(new Error('first'));
  assert.equal(queue.size, 2);
  queue.failAll(new Error('rest'));
  queue.failNext(new Error('nobody'));
  for (const [index, message] of ['first', 'rest', 'rest'].entries()) {
    await assert.rejects(async () => await waiting[index], new Error(message));
  }
  assert.deepEqual([queue.size, abortListeners(signal)], [0, 0]);
});

test('WaitQueue: shows what the longest waiter brought', () => {
  const queue = new WaitQueue<void, string>();
  assert.equal(queue.brought, undefined);
  void queue.wait('mine');
  void queue.wait('yours');
  assert.equal(queue.brought, 'mine');
  queue.next();
  assert.equal(queue.brought, 'yours');
});

for (const [place, index] of [
  ['front', 0],
  ['middle', 1],
  ['end', 2],
] as const) {
  test(`WaitQueue: lets a cancelled waiter leave from the ${place}`, async () => {
    const queue = new WaitQueue<number>();
    const tasks = [1, 2, 3].map(() => createTask(() => queue.wait(undefined)));
    await settle();
    tasks[index]?.cancel();
    assert.equal(queue.size, 2);
    queue.next(1);
    queue.next(2);
    const ends = await Promise.allSettled(tasks);
    const values = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    assert.deepEqual(values, [1, 2]);
    assert.ok(tasks[index]?.cancelled());
  });
}

test('WaitQueue: ends the wait at once when a cancellation was waiting for delivery', async () => {
  const queue = new WaitQueue<number>();
  const task = createTask(async () => {
    task.cancel();
    await queue.wait(undefined);
  });
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(queue.size, 0);
});

test('WaitQueue: rejects with the reason of a signal that has aborted already', async () => {
  const queue = new WaitQueue<number>();
  const signal = AbortSignal.abort(new Error('gone'));
  await assert.rejects(queue.wait(undefined, { signal }), new Error('gone'));
  assert.equal(queue.size, 0);
  assert.equal(abortListeners(signal), 0);
});
