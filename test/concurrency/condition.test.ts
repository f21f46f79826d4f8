import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  CancelledError,
  Condition,
  createTask,
  InvalidStateError,
  Lock,
  TimeoutError,
  timeout,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

/** A task that waits once, and then says so while it holds the lock. */
function waiter(condition: Condition, log: string[], name: string) {
  return createTask(async () => {
    using permit = await condition.acquire();
    await permit.wait();
    log.push(name);
  });
}

async function notifyHeld(condition: Condition, n?: number): Promise<void> {
  using _permit = await condition.acquire();
  condition.notify(n);
}

test('Condition: is a lock: lets one in at a time, until the block of the permit ends', async () => {
  const condition = new Condition();
  assert.equal(condition.locked, false);
  {
    using _permit = await condition.acquire();
    assert.equal(condition.locked, true);
  }
  assert.equal(condition.locked, false);
});

test('Condition: shares the lock it is given', async () => {
  const lock = new Lock();
  const [filled, emptied] = [new Condition({ lock }), new Condition({ lock })];
  {
    using _permit = await lock.acquire();
    assert.deepEqual([filled.locked, emptied.locked], [true, true]);
  }
  const items: number[] = [];
  const got: number[] = [];
  const consumer = createTask(async () => {
    for (let n = 0; n < 3; n++) {
      using permit = await filled.acquire();
      await permit.waitFor(() => items.length > 0);
      got.push(items.shift() as number);
      emptied.notify();
    }
  });
  for (const item of [1, 2, 3]) {
    using permit = await emptied.acquire();
    await permit.waitFor(() => items.length === 0);
    items.push(item);
    filled.notify();
  }
  await consumer;
  assert.deepEqual([got, lock.locked], [[1, 2, 3], false]);
});

test('Condition: reads well, also when logged', async () => {
  const condition = new Condition();
  assert.equal(inspect(condition), '<Condition unlocked>');
  using permit = await condition.acquire();
  assert.equal(String(condition), '<Condition locked>');
  const waiting = permit.wait();
  assert.equal(String(condition), '<Condition unlocked waiting=1>');
  await notifyHeld(condition);
  await waiting;
});

test('Condition.acquire: cancelled or aborted: leaves the queue and no listener', async () => {
  const condition = new Condition();
  const permit = await condition.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  const task = createTask(() => condition.acquire());
  const waiting = condition.acquire({ signal });
  await settle();
  assert.equal(abortListeners(signal), 1);
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(waiting, new Error('enough'));
  permit.release();
  assert.deepEqual([condition.locked, abortListeners(signal)], [false, 0]);
});

test('Condition.notify: wakes the task that has waited longest, which goes on with the lock', async () => {
  const condition = new Condition();
  const log: string[] = [];
  const tasks = ['a', 'b', 'c'].map((name) => waiter(condition, log, name));
  await settle();
  assert.deepEqual([condition.waiting, condition.locked], [3, false]);
  const permit = await condition.acquire();
  condition.notify();
  await settle();
  assert.deepEqual([log, condition.waiting, condition.locked], [[], 2, true]);
  permit.release();
  await settle();
  assert.deepEqual([log, condition.locked], [['a'], false]);
  await notifyHeld(condition, 2048);
  await Promise.all(tasks);
  assert.deepEqual(log, ['a', 'b', 'c']);
});

test('Condition.notify: reaches only those who wait, and 0 reaches none', async () => {
  const condition = new Condition();
  const log: string[] = [];
  await notifyHeld(condition);
  const task = waiter(condition, log, 'a');
  await settle();
  await notifyHeld(condition, 0);
  await settle();
  assert.deepEqual([log, condition.waiting], [[], 1]);
  await notifyHeld(condition);
  await task;
});

test('Condition.notify: without the lock: throws', () => {
  const condition = new Condition();
  const error = new InvalidStateError('<Condition unlocked> must be held to notify');
  assert.throws(() => condition.notify(), error);
  assert.throws(() => condition.notifyAll(), error);
});

test('Condition.notify: takes a whole number >= 0 only', async () => {
  const condition = new Condition();
  using _permit = await condition.acquire();
  for (const n of [-1, 1.5, Number.NaN]) assert.throws(() => condition.notify(n), RangeError);
});

test('Condition.notifyAll: ends all waits, in order', async () => {
  const condition = new Condition();
  const log: string[] = [];
  const tasks = ['a', 'b', 'c'].map((name) => waiter(condition, log, name));
  await settle();
  {
    using _permit = await condition.acquire();
    condition.notifyAll();
  }
  await Promise.all(tasks);
  assert.deepEqual([log, condition.locked], [['a', 'b', 'c'], false]);
});

test('ConditionPermit.wait: without the lock, or twice at a time: rejects, and changes nothing', async () => {
  const condition = new Condition();
  const permit = await condition.acquire();
  const waiting = permit.wait();
  await assert.rejects(permit.wait(), new InvalidStateError('the permit waits already'));
  assert.equal(condition.waiting, 1);
  await notifyHeld(condition);
  await waiting;
  permit.release();
  const other = await condition.acquire();
  const released = new InvalidStateError('the permit was released');
  await assert.rejects(permit.wait(), released);
  await assert.rejects(
    permit.waitFor(() => true),
    released,
  );
  assert.deepEqual([condition.locked, condition.waiting], [true, 0]);
  other.release();
});

test('ConditionPermit.wait: cancelled: has the lock again when it throws', async () => {
  const condition = new Condition();
  let locked: boolean | undefined;
  const task = createTask(async () => {
    using permit = await condition.acquire();
    try {
      await permit.wait();
    } finally {
      locked = condition.locked;
    }
  });
  await settle();
  task.cancel('enough');
  await assert.rejects(async () => await task, new CancelledError('enough'));
  assert.deepEqual([locked, condition.waiting, condition.locked], [true, 0, false]);
});

test('ConditionPermit.wait: cancelled while others have the lock: throws the same error, once it has the lock', async () => {
  const condition = new Condition();
  let caught: unknown;
  const task = createTask(async () => {
    using permit = await condition.acquire();
    try {
      await permit.wait();
    } catch (error) {
      caught = error;
      assert.equal(condition.locked, true);
      throw error;
    }
  });
  await settle();
  const permit = await condition.acquire();
  task.cancel('enough');
  await settle();
  assert.equal(task.done(), false);
  permit.release();
  await assert.rejects(
    async () => await task,
    (error) => error === caught && error instanceof CancelledError && error.message === 'enough',
  );
  assert.equal(condition.locked, false);
});

test('ConditionPermit.wait: cancelled while it takes the lock again: throws the last cancellation, once it has it', async () => {
  const condition = new Condition();
  const log: string[] = [];
  const task = waiter(condition, log, 'a');
  await settle();
  const permit = await condition.acquire();
  condition.notify();
  await settle();
  task.cancel('first');
  await settle();
  task.cancel('second');
  await settle();
  assert.equal(task.done(), false);
  permit.release();
  await assert.rejects(async () => await task, new CancelledError('second'));
  assert.deepEqual([log, task.cancelled(), condition.locked], [[], true, false]);
});

test('ConditionPermit.wait: cancelled when notified: the notification goes to the next', async () => {
  for (const turns of [0, 1]) {
    const condition = new Condition();
    let items = 0;
    const consume = async () => {
      using permit = await condition.acquire();
      await permit.waitFor(() => items > 0);
      items--;
    };
    const [first, second] = [createTask(consume), createTask(consume)];
    await settle();
    const permit = await condition.acquire();
    items++;
    condition.notify();
    // In the turn of the notification, or while it takes the lock again.
    if (turns > 0) await settle();
    first.cancel();
    await settle();
    permit.release();
    await assert.rejects(async () => await first, CancelledError);
    await second;
    assert.deepEqual([items, condition.locked], [0, false]);
  }
});

test('ConditionPermit.wait: cancelled when notified by one that goes on to wait: the notification is not lost', async () => {
  const condition = new Condition();
  let state = 0;
  const consume = async () => {
    using permit = await condition.acquire();
    for (;;) {
      await permit.waitFor(() => state !== 0);
      if (state < 0) return;
      state--;
    }
  };
  const [first, second] = [createTask(consume), createTask(consume)];
  await settle();
  const permit = await condition.acquire();
  state++;
  condition.notify();
  first.cancel();
  const controller = new AbortController();
  const waiting = permit.waitFor(() => state === 0, { signal: controller.signal });
  await settle();
  // It was the cancelled task's, or the other's.
  assert.equal(state, 0);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, new Error('enough'));
  state = -1;
  condition.notifyAll();
  permit.release();
  await assert.rejects(async () => await first, CancelledError);
  await second;
});

test('ConditionPermit.wait: in a timeout: has the lock when it is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const condition = new Condition();
  using permit = await condition.acquire();
  const waiting = timeout(50, () => permit.wait());
  await settle();
  assert.equal(condition.locked, false);
  t.mock.timers.tick(50);
  await assert.rejects(waiting, TimeoutError);
  assert.deepEqual([condition.locked, condition.waiting], [true, 0]);
});

test('ConditionPermit.wait: aborted: rejects with the reason, has the lock again, and leaves no listener', async () => {
  const condition = new Condition();
  const controller = new AbortController();
  const { signal } = controller;
  using permit = await condition.acquire();
  const waiting = permit.wait({ signal });
  assert.equal(abortListeners(signal), 1);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, new Error('enough'));
  assert.deepEqual([condition.locked, condition.waiting], [true, 0]);
  // Aborted before: it does not let others in at all.
  const again = [permit.wait({ signal }), permit.waitFor(() => true, { signal })];
  assert.equal(condition.locked, true);
  for (const each of again) await assert.rejects(each, new Error('enough'));
  assert.equal(abortListeners(signal), 0);
});

test('ConditionPermit.wait: aborted while it takes the lock again: rejects, and the notification goes to the next', async () => {
  const condition = new Condition();
  const controller = new AbortController();
  const log: string[] = [];
  const aborted = createTask(async () => {
    using permit = await condition.acquire();
    await permit.wait({ signal: controller.signal });
  });
  await settle();
  const next = waiter(condition, log, 'next');
  await settle();
  const permit = await condition.acquire();
  condition.notify();
  await settle();
  controller.abort(new Error('enough'));
  permit.release();
  await assert.rejects(async () => await aborted, new Error('enough'));
  await next;
  assert.deepEqual([log, abortListeners(controller.signal)], [['next'], 0]);
});

test('ConditionPermit.wait: notified: leaves no listener', async () => {
  const condition = new Condition();
  const { signal } = new AbortController();
  using permit = await condition.acquire();
  const waiting = permit.wait({ signal });
  await notifyHeld(condition);
  await waiting;
  assert.equal(abortListeners(signal), 0);
});

test('ConditionPermit.waitFor: goes on when it is notified and the predicate holds', async () => {
  const condition = new Condition();
  let ready = false;
  const task = createTask(async () => {
    using permit = await condition.acquire();
    return await permit.waitFor(() => ready);
  });
  await settle();
  await notifyHeld(condition);
  await settle();
  assert.deepEqual([task.done(), condition.waiting], [false, 1]);
  ready = true;
  await notifyHeld(condition);
  assert.equal(await task, true);
  assert.equal(condition.locked, false);
});

test('ConditionPermit.waitFor: does not wait when the predicate holds, and gives what it returned', async () => {
  const condition = new Condition();
  using permit = await condition.acquire();
  const found: number[] = await permit.waitFor((): number[] | undefined => [1, 2, 3]);
  assert.deepEqual(found, [1, 2, 3]);
});

test('ConditionPermit.waitFor: with a predicate that throws: rejects, and has the lock', async () => {
  const condition = new Condition();
  using permit = await condition.acquire();
  const failing = permit.waitFor(() => {
    throw new Error('broken');
  });
  await assert.rejects(failing, new Error('broken'));
  assert.equal(condition.locked, true);
});

test('ConditionPermit.waitFor: with an async predicate: rejects, as a promise always looks true', async () => {
  const condition = new Condition();
  using permit = await condition.acquire();
  await assert.rejects(
    permit.waitFor(async () => false),
    new TypeError('the predicate must not be async'),
  );
});

test('ConditionPermit.release: twice is harmless: the next one keeps the lock', async () => {
  const condition = new Condition();
  const permit = await condition.acquire();
  permit.release();
  using _next = await condition.acquire();
  permit.release();
  permit[Symbol.dispose]();
  assert.equal(condition.locked, true);
});

test('ConditionPermit.release: during a wait that the block did not await: the lock is free when the wait is over', async () => {
  const condition = new Condition();
  let waiting: Promise<void> | undefined;
  {
    using permit = await condition.acquire();
    waiting = permit.wait();
  }
  assert.deepEqual([condition.locked, condition.waiting], [false, 1]);
  await notifyHeld(condition);
  await waiting;
  assert.equal(condition.locked, false);
});
