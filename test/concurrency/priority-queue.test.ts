import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CancelledError, createTask, PriorityQueue } from '../../src/concurrency/index.ts';
import { settle } from './support.ts';

interface Job {
  readonly priority: number;
  readonly name: string;
}

function jobs(): PriorityQueue<Job> {
  return new PriorityQueue({ compare: (a: Job, b: Job) => a.priority - b.priority });
}

async function drain<T>(queue: PriorityQueue<T>): Promise<T[]> {
  queue.shutdown();
  return await Array.fromAsync(queue);
}

test('PriorityQueue: gives the smallest item first', async () => {
  const queue = new PriorityQueue<number>();
  for (const item of [1, 3, 2]) await queue.put(item);
  assert.deepEqual([await queue.get(), queue.tryGet(), await queue.get()], [1, 2, 3]);
});

test('PriorityQueue: compares tuples by the first element that differs', async () => {
  const queue = new PriorityQueue<[number, string]>();
  for (const item of [
    [2, 'a'],
    [1, 'c'],
    [1, 'b'],
  ] as const)
    queue.tryPut([...item]);
  assert.deepEqual(await drain(queue), [
    [1, 'b'],
    [1, 'c'],
    [2, 'a'],
  ]);
});

test('PriorityQueue: compares as `compare` says, and gives equal items in the order put', async () => {
  const queue = jobs();
  for (const name of ['b1', 'a1', 'b2', 'a2', 'b3']) {
    queue.tryPut({ priority: name.charCodeAt(0), name });
  }
  const names = (await drain(queue)).map((job) => job.name);
  assert.deepEqual(names, ['a1', 'a2', 'b1', 'b2', 'b3']);
});

test('PriorityQueue: has the compiler ask for `compare` where items have no order', () => {
  new PriorityQueue<readonly [bigint, Date, string]>({ maxSize: 1 });
  // @ts-expect-error: objects need a `compare`
  new PriorityQueue<Job>();
  // @ts-expect-error: so do tuples with objects
  new PriorityQueue<[number, Job]>({ maxSize: 1 });
});

test('PriorityQueue: hands an item put straight to a getter that waits, also a larger one than comes after', async () => {
  const queue = new PriorityQueue<number>();
  const getting = Promise.all([queue.get(), queue.get()]);
  for (const item of [3, 2, 1]) queue.tryPut(item);
  assert.deepEqual([await getting, queue.size], [[3, 2], 1]);
});

test('PriorityQueue: the put() that has waited longest goes first when there is room', async () => {
  const queue = new PriorityQueue<number>({ maxSize: 1 });
  queue.tryPut(2);
  const putting = [queue.put(3), queue.put(1)];
  assert.deepEqual([queue.tryGet(), queue.tryGet(), queue.tryGet()], [2, 3, 1]);
  await Promise.all(putting);
});

test('PriorityQueue: cancelled get(): takes no item', async () => {
  const queue = new PriorityQueue<number>();
  const task = createTask(() => queue.get());
  await settle();
  task.cancel();
  queue.tryPut(1);
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(queue.tryGet(), 1);
});

test('PriorityQueue: takes back an item that a cancelled getter was handed, before its equals', async () => {
  const queue = new (class extends PriorityQueue<[number, string]> {
    override giveBack(item: [number, string]): void {
      super.giveBack(item);
    }
  })({ compare: ([a], [b]) => a - b });
  queue.tryPut([1, 'second']);
  queue.giveBack([2, 'last']);
  queue.giveBack([1, 'first']);
  const names = (await drain(queue)).map(([, name]) => name);
  assert.deepEqual(names, ['first', 'second', 'last']);
});

test('PriorityQueue: reads well', () => {
  const queue = new PriorityQueue<number>({ maxSize: 2 });
  assert.equal(inspect(queue), '<PriorityQueue size=0 maxSize=2>');
  assert.throws(
    // @ts-expect-error: a number, as in asyncio
    () => new PriorityQueue<number>(5),
    new TypeError('PriorityQueue takes options, as in new PriorityQueue({ maxSize: 5 })'),
  );
});

test('PriorityQueue.put: of an item that has no order: rejects, and the queue is as it was', async () => {
  const queue = new PriorityQueue<number | string>();
  queue.tryPut(1);
  await assert.rejects(queue.put('a'), TypeError);
  assert.throws(() => queue.tryPut('a'), TypeError);
  assert.deepEqual(await drain(queue), [1]);
  queue.taskDone();
  await queue.join();
});

test('PriorityQueue.put: waiting with an item that has no order: rejects, and the get() that made room has its item', async () => {
  const queue = new PriorityQueue<number | string>({ maxSize: 2 });
  queue.tryPut(1);
  queue.tryPut(2);
  const failing = assert.rejects(queue.put('a'), TypeError);
  const waiting = queue.put(3);
  assert.equal(queue.tryGet(), 1);
  await failing;
  await waiting;
  assert.deepEqual([queue.tryGet(), queue.tryGet()], [2, 3]);
});

test('PriorityQueue.get: with items among which there is no order: rejects, and takes none', async () => {
  const queue = new PriorityQueue<(number | string)[]>();
  queue.tryPut([0]);
  queue.tryPut([1, 'a']);
  queue.tryPut([1, 2]);
  queue.tryPut([2]);
  await assert.rejects(queue.get(), TypeError);
  assert.equal(queue.size, 4);
});
