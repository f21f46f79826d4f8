import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  CancelledError,
  createTask,
  gather,
  InvalidStateError,
  Queue,
  QueueShutDown,
  race,
  sleep,
  type Task,
  TimeoutError,
  timeout,
} from '../../src/concurrency/index.ts';
import { abortListeners, forever, settle } from './support.ts';

/** What the wait of a getter calls when it is cancelled in the turn of the hand-over. */
class GivingBack<T> extends Queue<T> {
  override giveBack(item: T, turn = 0): void {
    super.giveBack(item, turn);
  }
}

test('Queue: gives items in the order put', async () => {
  const queue = new Queue<number>();
  for (const item of [1, 2, 3]) await queue.put(item);
  assert.equal(queue.size, 3);
  assert.deepEqual([await queue.get(), await queue.get(), queue.tryGet()], [1, 2, 3]);
  assert.equal(queue.empty, true);
});

test('Queue: takes a whole maxSize >= 1 or Infinity only', () => {
  for (const maxSize of [0, -1, 1.5, Number.NaN]) {
    const message = `a queue's maxSize must be a whole number >= 1, not ${maxSize}`;
    assert.throws(() => new Queue({ maxSize }), new RangeError(message));
  }
  assert.equal(new Queue().maxSize, Number.POSITIVE_INFINITY);
  assert.equal(new Queue({ maxSize: Number.POSITIVE_INFINITY }).maxSize, Infinity);
});

test('Queue: says what it takes, when given something else', () => {
  const message = 'Queue takes options, as in new Queue({ maxSize: 5 })';
  // @ts-expect-error: a number, as in asyncio
  assert.throws(() => new Queue(5), new TypeError(message));
  // @ts-expect-error: null is no object
  assert.throws(() => new Queue(null), new TypeError(message));
  assert.throws(
    // @ts-expect-error: a string
    () => new Queue({ maxSize: '5' }),
    new TypeError("a queue's maxSize must be a whole number >= 1, not '5'"),
  );
});

test('Queue: makes get() wait for an item, first come, first served', async () => {
  const queue = new Queue<string>();
  const waiting = Promise.all([queue.get(), queue.get()]);
  queue.tryPut('a');
  queue.tryPut('b');
  assert.deepEqual(await waiting, ['a', 'b']);
  assert.equal(queue.size, 0);
});

test('Queue: makes put() wait for room, first come, first served', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  await queue.put(1);
  assert.equal(queue.full, true);
  const order: number[] = [];
  const waiting = [2, 3].map((item) => queue.put(item).then(() => order.push(item)));
  await settle();
  assert.deepEqual(order, []);
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [1, 2, 3]);
  await Promise.all(waiting);
  assert.deepEqual(order, [2, 3]);
});

test('Queue: keeps the order when a get() makes room: no put() overtakes one that waits', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  queue.tryPut(1);
  void queue.put(2);
  assert.equal(queue.tryGet(), 1);
  assert.equal(queue.tryPut(3), false);
  assert.equal(queue.tryGet(), 2);
});

test('Queue: never holds more than maxSize, nor loses an item, with many on both sides', async () => {
  const queue = new Queue<number>({ maxSize: 2 });
  const got: number[] = [];
  const getters = Array.from({ length: 3 }, () =>
    createTask(async () => {
      for (let n = 0; n < 10; n++) {
        got.push(await queue.get());
        assert.ok(queue.size <= 2);
      }
    }),
  );
  const putters = [0, 10, 20].map((from) =>
    createTask(async () => {
      for (let n = 0; n < 10; n++) await queue.put(from + n);
    }),
  );
  await Promise.all([...getters, ...putters]);
  assert.deepEqual(
    got.toSorted((a, b) => a - b),
    Array.from({ length: 30 }, (_, n) => n),
  );
});

test('Queue: reads well, also when logged', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  assert.equal(inspect(queue), '<Queue size=0 maxSize=1>');
  assert.equal(Object.prototype.toString.call(queue), '[object Queue]');
  const getting = queue.get();
  assert.equal(String(queue), '<Queue size=0 maxSize=1 getters=1>');
  queue.tryPut(1);
  await getting;
  queue.taskDone();
  queue.tryPut(2);
  const putting = assert.rejects(queue.put(3), QueueShutDown);
  assert.equal(String(queue), '<Queue size=1 maxSize=1 putters=1 unfinished=1>');
  queue.shutdown({ immediate: true });
  await putting;
  assert.equal(String(queue), '<Queue size=0 maxSize=1 shutdown>');
  assert.equal(String(new Queue()), '<Queue size=0>');
});

test('Queue: takes an item back that a cancelled getter was handed, as the next one', async () => {
  const queue = new GivingBack<number>({ maxSize: 1 });
  queue.tryPut(1);
  assert.equal(queue.tryGet(), 1);
  queue.tryPut(2);
  const putting = queue.put(3);
  queue.giveBack(1);
  assert.deepEqual([queue.size, queue.full, queue.tryPut(4)], [2, true, false]);
  // The room was taken by the item given back, so the put() waits for the next.
  assert.deepEqual([queue.tryGet(), queue.size], [1, 1]);
  assert.deepEqual([queue.tryGet(), queue.tryGet()], [2, 3]);
  await putting;
  for (let n = 0; n < 3; n++) queue.taskDone();
  assert.throws(() => queue.taskDone(), InvalidStateError);
});

test('Queue: hands an item that was given back to the next getter', async () => {
  const queue = new GivingBack<number>();
  queue.tryPut(1);
  queue.tryGet();
  const getting = queue.get();
  queue.giveBack(1);
  assert.deepEqual([await getting, queue.size], [1, 0]);
});

test('Queue: given an item back after a shutdown: has it, but not after an immediate one', async () => {
  for (const immediate of [false, true]) {
    const queue = new GivingBack<number>();
    queue.tryPut(1);
    queue.tryGet();
    queue.shutdown({ immediate });
    queue.giveBack(1);
    assert.equal(queue.size, immediate ? 0 : 1);
    if (immediate) await queue.join();
    else assert.equal(await queue.get(), 1);
  }
});

test('Queue.taskDone: called more often than items were put: throws', () => {
  const queue = new Queue<number>();
  assert.throws(() => queue.taskDone(), InvalidStateError);
  queue.tryPut(1);
  queue.taskDone();
  assert.throws(() => queue.taskDone(), InvalidStateError);
});

test('Queue.join: waits until all items are done, not only got', async () => {
  const queue = new Queue<number>();
  for (let item = 0; item < 100; item++) queue.tryPut(item);
  let sum = 0;
  const workers = [1, 2].map(() =>
    createTask(async () => {
      for (;;) {
        const item = await queue.get();
        await sleep(0);
        sum += item;
        queue.taskDone();
      }
    }),
  );
  await queue.join();
  assert.equal(sum, 4950);
  for (const worker of workers) worker.cancel();
  await Promise.allSettled(workers);
});

test('Queue.join: waits for nothing when nothing was put, however often', async () => {
  const queue = new Queue<number>();
  await queue.join();
  await queue.join();
});

test('Queue.join: waits for an item that was handed straight to a getter, and for one that put() waited with', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  const getting = queue.get();
  const putting = [1, 2, 3].map((item) => queue.put(item));
  const joining = queue.join();
  let joined = false;
  void joining.then(() => {
    joined = true;
  });
  await getting;
  queue.taskDone();
  queue.tryGet();
  queue.taskDone();
  await settle();
  assert.equal(joined, false);
  queue.tryGet();
  queue.taskDone();
  await Promise.all([joining, ...putting]);
});

test('Queue.join: ends all waits, also when an item is put in the same turn', async () => {
  const queue = new Queue<number>();
  queue.tryPut(1);
  const joining = Promise.all([queue.join(), queue.join()]);
  queue.taskDone();
  queue.tryPut(2);
  await joining;
});

test('Queue.join: cancelled or aborted: leaves no listener', async () => {
  const queue = new Queue<number>();
  queue.tryPut(1);
  const controller = new AbortController();
  const { signal } = controller;
  const task = createTask(() => queue.join());
  const waiting = queue.join({ signal });
  await settle();
  assert.equal(abortListeners(signal), 1);
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(waiting, new Error('enough'));
  queue.taskDone();
  await assert.rejects(queue.join({ signal }), new Error('enough'));
  assert.equal(abortListeners(signal), 0);
});

test('Queue.get: cancelled: takes no item, and the next getter gets it', async () => {
  const queue = new Queue<string>();
  const first = createTask(() => queue.get());
  const second = createTask(() => queue.get());
  await settle();
  first.cancel();
  queue.tryPut('item');
  await assert.rejects(async () => await first, CancelledError);
  assert.equal(await second, 'item');
});

test('Queue.get: cancelled in the turn of the hand-over: the item stays in the queue', async () => {
  const queue = new Queue<string>();
  const got: string[] = [];
  const task = createTask(async () => {
    got.push(await queue.get());
  });
  await settle();
  queue.tryPut('item');
  queue.tryPut('later');
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(got, []);
  assert.deepEqual([queue.tryGet(), queue.tryGet()], ['item', 'later']);
});

test('Queue.get: several cancelled in the turn of the hand-over: the items are in their order', async () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    const queue = new Queue<number>();
    const tasks = [0, 1, 2].map(() => createTask(() => queue.get()));
    await settle();
    for (const item of [0, 1, 2, 3]) queue.tryPut(item);
    for (const i of order) tasks[i]?.cancel();
    await Promise.allSettled(tasks);
    const items = [queue.tryGet(), queue.tryGet(), queue.tryGet(), queue.tryGet()];
    assert.deepEqual(items, [0, 1, 2, 3]);
  }
});

for (const [name, make] of [
  ['a task', (queue) => createTask(() => queue.get())],
  ['an async call in a task', (queue) => createTask(async () => await queue.get())],
  ['a timeout', (queue) => createTask(() => timeout(10_000, () => queue.get()))],
  ['a timeout of the wait itself', (queue) => createTask(() => timeout(10_000, queue.get()))],
  ['a gather', (queue) => createTask(() => gather([queue.get()]))],
  ['a race', (queue) => createTask(() => race([queue.get(), forever()]))],
] as [string, (queue: Queue<string>) => Task<unknown>][]) {
  test(`Queue.get: cancelled in the turn of the hand-over, in ${name}: no item is lost`, async () => {
    for (const isThere of [false, true]) {
      const queue = new Queue<string>();
      if (isThere) queue.tryPut('item');
      const task = make(queue);
      if (isThere) await Promise.resolve();
      else await settle();
      if (!isThere) queue.tryPut('item');
      task.cancel();
      const end = await task.then(
        (value) => String(value),
        (error: unknown) => (error as Error).name,
      );
      // Either it has the item, or the queue has.
      assert.deepEqual([end, queue.tryGet()].includes('item'), true, `${end}`);
    }
  });
}

test('Queue.get: given up by a timeout that it was passed to: takes no item later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const queue = new Queue<string>();
  const late = timeout(5, queue.get());
  t.mock.timers.tick(5);
  await assert.rejects(late, TimeoutError);
  queue.tryPut('item');
  assert.equal(queue.size, 1);
});

test('Queue.get: aborted: rejects with the reason and leaves no listener', async () => {
  const queue = new Queue<string>();
  const controller = new AbortController();
  const waiting = queue.get({ signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, new Error('enough'));
  queue.tryPut('kept');
  await assert.rejects(queue.get({ signal: controller.signal }), new Error('enough'));
  assert.equal(queue.size, 1);
  assert.equal(abortListeners(controller.signal), 0);
});

test('Queue.get: given up by a timeout: takes no item', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const queue = new Queue<string>();
  const getting = timeout(50, () => queue.get());
  await settle();
  t.mock.timers.tick(50);
  await assert.rejects(getting, TimeoutError);
  queue.tryPut('kept');
  assert.equal(queue.tryGet(), 'kept');
});

test('Queue.put: cancelled: adds nothing', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  queue.tryPut(1);
  const tasks = [2, 3].map((item) => createTask(() => queue.put(item)));
  await settle();
  tasks[0]?.cancel();
  await assert.rejects(async () => await tasks[0], CancelledError);
  assert.deepEqual([queue.tryGet(), queue.tryGet(), queue.tryGet()], [1, 3, undefined]);
  await tasks[1];
});

test('Queue.put: begun with a cancellation to be shown, and room: throws, and adds nothing', async () => {
  const queue = new Queue<number>();
  const gate = Promise.withResolvers<void>();
  const task = createTask(async () => {
    await gate.promise;
    await queue.put(1);
  });
  await settle();
  task.cancel();
  gate.resolve();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(queue.size, 0);
});

test('Queue.put: cancelled behind another: adds nothing, and the one before adds its item', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  queue.tryPut(1);
  const tasks = [2, 3].map((item) => createTask(() => queue.put(item)));
  await settle();
  tasks[1]?.cancel();
  assert.deepEqual([queue.tryGet(), queue.tryGet(), queue.tryGet()], [1, 2, undefined]);
  await tasks[0];
  await assert.rejects(async () => await tasks[1], CancelledError);
});

test('Queue.put: cancelled in the turn in which room was made: has added its item', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  queue.tryPut(1);
  const added: number[] = [];
  const task = createTask(async () => {
    await queue.put(2);
    added.push(2);
    await sleep(0);
  });
  await settle();
  queue.tryGet();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual([added, queue.tryGet()], [[2], 2]);
});

test('Queue.put: aborted: adds nothing', async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  const controller = new AbortController();
  queue.tryPut(1);
  const waiting = queue.put(2, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, new Error('enough'));
  assert.deepEqual([queue.tryGet(), queue.tryGet()], [1, undefined]);
  await assert.rejects(queue.put(3, { signal: controller.signal }), new Error('enough'));
  assert.equal(queue.size, 0);
});
