import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CancelledError,
  createTask,
  Queue,
  sleep,
  TimeoutError,
  timeout,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

describe('Queue', () => {
  it('gives items in the order put', async () => {
    const queue = new Queue<number>();
    for (const item of [1, 2, 3]) await queue.put(item);
    assert.equal(queue.size, 3);
    assert.deepEqual([await queue.get(), await queue.get(), queue.tryGet()], [1, 2, 3]);
    assert.equal(queue.empty, true);
  });

  it('takes a whole maxSize >= 1 or Infinity only', () => {
    for (const maxSize of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => new Queue({ maxSize }), RangeError);
    }
    assert.equal(new Queue().maxSize, Number.POSITIVE_INFINITY);
  });

  it('makes get() wait for an item, first come, first served', async () => {
    const queue = new Queue<string>();
    const waiting = Promise.all([queue.get(), queue.get()]);
    queue.tryPut('a');
    queue.tryPut('b');
    assert.deepEqual(await waiting, ['a', 'b']);
    assert.equal(queue.size, 0);
  });

  it('makes put() wait for room, first come, first served', async () => {
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

  it('keeps the order when a get() makes room: nobody overtakes a put() that waits', async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.tryPut(1);
    void queue.put(2);
    assert.equal(queue.tryGet(), 1);
    assert.equal(queue.tryPut(3), false);
    assert.equal(queue.tryGet(), 2);
  });

  it('never holds more than maxSize, nor loses an item, with many on both sides', async () => {
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

  it('reads well', () => {
    const queue = new Queue<number>({ maxSize: 3 });
    queue.tryPut(1);
    assert.equal(String(queue), '<Queue size=1 maxSize=3>');
    assert.equal(String(new Queue()), '<Queue size=0>');
  });
});

describe('Queue.get', () => {
  it('cancelled: takes no item, and the next getter gets it', async () => {
    const queue = new Queue<string>();
    const first = createTask(() => queue.get());
    const second = createTask(() => queue.get());
    await settle();
    first.cancel();
    queue.tryPut('item');
    await assert.rejects(async () => await first, CancelledError);
    assert.equal(await second, 'item');
  });

  it('cancelled in the turn of the hand-over: has its item', async () => {
    const queue = new Queue<string>();
    const got: string[] = [];
    const task = createTask(async () => {
      got.push(await queue.get());
      await sleep(0);
    });
    await settle();
    queue.tryPut('item');
    task.cancel();
    await assert.rejects(async () => await task, CancelledError);
    assert.deepEqual(got, ['item']);
  });

  it('aborted: rejects with the reason and leaves no listener', async () => {
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

  it('given up by a timeout: takes no item', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const queue = new Queue<string>();
    const getting = timeout(50, () => queue.get());
    await settle();
    t.mock.timers.tick(50);
    await assert.rejects(getting, TimeoutError);
    queue.tryPut('kept');
    assert.equal(queue.tryGet(), 'kept');
  });
});

describe('Queue.put', () => {
  it('cancelled: adds nothing', async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.tryPut(1);
    const tasks = [2, 3].map((item) => createTask(() => queue.put(item)));
    await settle();
    tasks[0]?.cancel();
    await assert.rejects(async () => await tasks[0], CancelledError);
    assert.deepEqual([queue.tryGet(), queue.tryGet(), queue.tryGet()], [1, 3, undefined]);
    await tasks[1];
  });

  it('cancelled behind another: adds nothing, and the one before adds its item', async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    queue.tryPut(1);
    const tasks = [2, 3].map((item) => createTask(() => queue.put(item)));
    await settle();
    tasks[1]?.cancel();
    assert.deepEqual([queue.tryGet(), queue.tryGet(), queue.tryGet()], [1, 2, undefined]);
    await tasks[0];
    await assert.rejects(async () => await tasks[1], CancelledError);
  });

  it('cancelled in the turn in which room was made: has added its item', async () => {
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

  it('aborted: adds nothing', async () => {
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
});
