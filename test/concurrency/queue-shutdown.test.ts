import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  InvalidStateError,
  LifoQueue,
  PriorityQueue,
  Queue,
  type QueueOptions,
  QueueShutDown,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

/** Everything that is to throw once there is nothing to get. */
async function assertShutDown(queue: Queue<string>): Promise<void> {
  await assert.rejects(queue.put('late'), new QueueShutDown('the queue was shut down'));
  assert.throws(() => queue.tryPut('late'), QueueShutDown);
  await assert.rejects(queue.get(), QueueShutDown);
  assert.throws(() => queue.tryGet(), QueueShutDown);
}

const kinds: [name: string, make: (options?: QueueOptions) => Queue<string>][] = [
  ['a Queue', (options) => new Queue(options)],
  ['a PriorityQueue', (options) => new PriorityQueue<string>(options)],
  ['a LifoQueue', (options) => new LifoQueue(options)],
];

for (const [name, make] of kinds) {
  test(`Queue.shutdown: of ${name} that is empty: those who wait to get are woken, and join() does not wait`, async () => {
    const queue = make();
    const getting = [queue.get(), queue.get()];
    queue.shutdown();
    await queue.join();
    for (const each of getting) await assert.rejects(each, QueueShutDown);
    await assertShutDown(queue);
  });

  test(`Queue.shutdown: of ${name} that is not: what is in it can be got, those who wait to put are woken`, async () => {
    const queue = make({ maxSize: 1 });
    queue.tryPut('data');
    const joining = createTask(() => queue.join());
    const putting = queue.put('data2');
    queue.shutdown();
    await assert.rejects(putting, QueueShutDown);
    assert.equal(queue.size, 1);
    assert.equal(await queue.get(), 'data');
    await settle();
    assert.equal(joining.done(), false);
    await assertShutDown(queue);
    queue.taskDone();
    await joining;
    assert.throws(() => queue.taskDone(), InvalidStateError);
  });

  test(`Queue.shutdown: of ${name}, immediate: drops what is in it, so join() goes on`, async () => {
    const queue = make();
    queue.tryPut('data');
    const joining = queue.join();
    queue.shutdown({ immediate: true });
    assert.equal(queue.size, 0);
    await joining;
    await assertShutDown(queue);
    assert.throws(() => queue.taskDone(), InvalidStateError);
  });

  test(`Queue.shutdown: of ${name}, immediate: join() waits for what was got and is not done`, async () => {
    const queue = make();
    queue.tryPut('data');
    queue.tryPut('data');
    const joining = createTask(() => queue.join());
    assert.equal(await queue.get(), 'data');
    queue.shutdown({ immediate: true });
    await settle();
    assert.equal(joining.done(), false);
    await assertShutDown(queue);
    queue.taskDone();
    await joining;
    assert.throws(() => queue.taskDone(), InvalidStateError);
  });
}

test('Queue.shutdown: twice is harmless, and may be immediate the second time only', async () => {
  const queue = new Queue<string>();
  queue.tryPut('data');
  queue.shutdown();
  queue.shutdown();
  assert.equal(queue.size, 1);
  queue.shutdown({ immediate: true });
  queue.shutdown();
  assert.equal(queue.size, 0);
  await assertShutDown(queue);
});

test('Queue.shutdown: immediate, with items said to be done that were never got: counts none twice', async () => {
  const queue = new Queue<string>();
  for (const item of ['a', 'b']) queue.tryPut(item);
  queue.taskDone();
  queue.shutdown({ immediate: true });
  await queue.join();
  assert.throws(() => queue.taskDone(), InvalidStateError);
});

test('Queue.shutdown: leaves no listener of those it woke', async () => {
  const { signal } = new AbortController();
  const empty = new Queue<string>();
  const full = new Queue<string>({ maxSize: 1 });
  full.tryPut('data');
  const waiting = [empty.get({ signal }), full.put('more', { signal })];
  assert.equal(abortListeners(signal), 2);
  empty.shutdown();
  full.shutdown();
  for (const each of waiting) await assert.rejects(each, QueueShutDown);
  assert.equal(abortListeners(signal), 0);
});

test('Queue.shutdown: rejects with the reason of a signal that has aborted before', async () => {
  const queue = new Queue<string>();
  const signal = AbortSignal.abort(new Error('enough'));
  queue.shutdown();
  await assert.rejects(queue.get({ signal }), new Error('enough'));
  await assert.rejects(queue.put('late', { signal }), new Error('enough'));
});

test('for await over a Queue: takes each item, and ends when the queue is shut down and empty', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  const producer = createTask(async () => {
    for (const item of [1, 2, 3]) await queue.put(item);
    queue.shutdown();
  });
  const got: number[] = [];
  for await (const item of queue) got.push(item);
  assert.deepEqual(got, [1, 2, 3]);
  await producer;
  for await (const item of queue) assert.fail(`got ${item}`);
});

test('for await over a Queue: shared by several: each item goes to one of them, and all end', async () => {
  const queue = new Queue<number>();
  const got: number[] = [];
  const consumers = [1, 2, 3].map(() =>
    createTask(async () => {
      for await (const item of queue) got.push(item);
    }),
  );
  for (let item = 0; item < 10; item++) queue.tryPut(item);
  await settle();
  queue.shutdown();
  await Promise.all(consumers);
  assert.deepEqual(
    got.toSorted((a, b) => a - b),
    Array.from({ length: 10 }, (_, n) => n),
  );
});

test('for await over a Queue: left early: takes no item that the loop has not seen', async () => {
  const queue = new Queue<number>();
  for (const item of [1, 2, 3]) queue.tryPut(item);
  for await (const item of queue) {
    assert.equal(item, 1);
    break;
  }
  const failing = async () => {
    for await (const item of queue) throw new Error(`with ${item}`);
  };
  await assert.rejects(failing, new Error('with 2'));
  await settle();
  assert.deepEqual([queue.tryGet(), queue.size], [3, 0]);
});

test('for await over a Queue: cancelled: takes no item, and throws', async () => {
  const queue = new Queue<number>();
  const task = createTask(async () => {
    for await (const item of queue) assert.fail(`got ${item}`);
  });
  await settle();
  task.cancel();
  queue.tryPut(1);
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(queue.tryGet(), 1);
});
