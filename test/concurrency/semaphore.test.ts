import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  CancelledError,
  createTask,
  type Permit,
  Semaphore,
  sleep,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

test('Semaphore: lets in at most as many as its limit', async () => {
  const semaphore = new Semaphore(2);
  const permits = [await semaphore.acquire(), await semaphore.acquire()];
  assert.deepEqual([semaphore.held, semaphore.locked], [2, true]);
  assert.equal(semaphore.tryAcquire(), undefined);
  permits[0]?.release();
  assert.deepEqual([semaphore.held, semaphore.locked], [1, false]);
});

test('Semaphore: takes a whole number >= 0 only', () => {
  for (const limit of [-1, 1.5, Number.NaN]) {
    const message = `a semaphore's limit must be a whole number >= 0, not ${limit}`;
    assert.throws(() => new Semaphore(limit), new RangeError(message));
    assert.throws(() => new Semaphore(1).resize(limit), new RangeError(message));
  }
  assert.equal(new Semaphore(0).locked, true);
  // @ts-expect-error: a string
  assert.throws(() => new Semaphore('3'), {
    name: 'TypeError',
    message: "a semaphore's limit must be a whole number >= 0, not '3'",
  });
});

test('Semaphore: reads well, also when logged', () => {
  assert.equal(inspect(new Semaphore(2)), '<Semaphore held=0 limit=2>');
  assert.equal(Object.prototype.toString.call(new Semaphore(2)), '[object Semaphore]');
  const semaphore = new Semaphore(2);
  semaphore.tryAcquire();
  assert.equal(String(semaphore), '<Semaphore held=1 limit=2>');
  semaphore.tryAcquire();
  void semaphore.acquire();
  assert.equal(String(semaphore), '<Semaphore held=2 limit=2 waiting=1>');
});

test('Semaphore.acquire: is served first come, first served', async () => {
  const semaphore = new Semaphore(1);
  const order: number[] = [];
  const first = await semaphore.acquire();
  const all = [1, 2, 3].map(async (n) => {
    using _permit = await semaphore.acquire();
    order.push(n);
  });
  first.release();
  await Promise.all(all);
  assert.deepEqual(order, [1, 2, 3]);
});

test('Semaphore.acquire: hands the permit straight on: a newcomer cannot take it first', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const waiter = semaphore.acquire();
  first.release();
  assert.equal(semaphore.tryAcquire(), undefined);
  assert.equal(semaphore.held, 1);
  (await waiter).release();
  assert.equal(semaphore.held, 0);
});

test('Semaphore.acquire: gives a permit that a block disposes of, also when the block throws', async () => {
  const semaphore = new Semaphore(1);
  await assert.rejects(async () => {
    using _permit = await semaphore.acquire();
    assert.equal(semaphore.held, 1);
    throw new Error('in the block');
  }, new Error('in the block'));
  assert.equal(semaphore.held, 0);
});

test('Semaphore.acquire: cancelled: leaves the queue and lets those behind move up', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const [second, third] = [
    createTask(() => semaphore.acquire()),
    createTask(() => semaphore.acquire()),
  ];
  await settle();
  second.cancel();
  first.release();
  (await third).release();
  await assert.rejects(async () => await second, CancelledError);
  assert.equal(semaphore.held, 0);
});

test('Semaphore.acquire: cancelled in the turn of the hand-over: the permit is not lost', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const task = createTask(async () => {
    using _permit = await semaphore.acquire();
    await sleep(100_000);
  });
  await settle();
  first.release();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(semaphore.held, 0);
  assert.notEqual(semaphore.tryAcquire(), undefined);
});

test('Semaphore.acquire: cancelled just before the hand-over: the next waiter gets it', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const task = createTask(() => semaphore.acquire());
  const next = createTask(() => semaphore.acquire());
  await settle();
  task.cancel();
  first.release();
  await assert.rejects(async () => await task, CancelledError);
  assert.ok(await next);
});

test('Semaphore.acquire: aborted: rejects with the reason and leaves no listener', async () => {
  const semaphore = new Semaphore(0);
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = semaphore.acquire({ signal });
  assert.equal(abortListeners(signal), 1);
  controller.abort(new RangeError('aborted'));
  await assert.rejects(waiting, new RangeError('aborted'));
  assert.equal(semaphore.waiting, 0);
  assert.equal(abortListeners(signal), 0);
  await assert.rejects(semaphore.acquire({ signal }), new RangeError('aborted'));
});

test('Semaphore.acquire: aborted before: takes no permit, though there is one', async () => {
  const semaphore = new Semaphore(1);
  const signal = AbortSignal.abort(new RangeError('aborted'));
  await assert.rejects(semaphore.acquire({ signal }), new RangeError('aborted'));
  assert.equal(semaphore.held, 0);
});

test('Semaphore.acquire: let in: leaves no listener', async () => {
  const semaphore = new Semaphore(1);
  const { signal } = new AbortController();
  const first = await semaphore.acquire({ signal });
  assert.equal(abortListeners(signal), 0);
  const second = semaphore.acquire({ signal });
  assert.equal(abortListeners(signal), 1);
  first.release();
  await second;
  assert.equal(abortListeners(signal), 0);
});

test('Semaphore.acquire: by one that was in before: stands behind those who wait', async () => {
  const semaphore = new Semaphore(1);
  const order: string[] = [];
  const twice = async (name: string) => {
    for (const turn of [1, 2]) {
      using _permit = await semaphore.acquire();
      order.push(`${name}${turn}`);
      await sleep(0);
    }
  };
  await Promise.all(['a', 'b', 'c'].map(twice));
  assert.deepEqual(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

test('Semaphore.acquire: with the first ones in line cancelled: one permit lets in one, the first that is left', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const tasks = [1, 2, 3, 4].map(() => createTask(() => semaphore.acquire()));
  await settle();
  tasks[0]?.cancel();
  tasks[1]?.cancel();
  first.release();
  await settle();
  assert.deepEqual(
    tasks.map((task) => task.done()),
    [true, true, true, false],
  );
  assert.equal(tasks[2]?.cancelled(), false);
  tasks[3]?.cancel();
  await assert.rejects(async () => await tasks[3], CancelledError);
});

test('Permit.release: twice is harmless', async () => {
  const semaphore = new Semaphore(2);
  const permit = await semaphore.acquire();
  await semaphore.acquire();
  permit.release();
  permit.release();
  permit[Symbol.dispose]();
  assert.equal(semaphore.held, 1);
});

test('Semaphore.resize: up: lets waiters in at once', async () => {
  const semaphore = new Semaphore(0);
  const waiting = [semaphore.acquire(), semaphore.acquire(), semaphore.acquire()];
  semaphore.resize(2);
  assert.deepEqual([semaphore.held, semaphore.waiting], [2, 1]);
  await Promise.all(waiting.slice(0, 2));
});

test('Semaphore.resize: up, to more than wait: hands one permit to each', async () => {
  const semaphore = new Semaphore(0);
  const waiting = semaphore.acquire();
  semaphore.resize(3);
  assert.deepEqual([semaphore.held, semaphore.waiting], [1, 0]);
  (await waiting).release();
  assert.equal(semaphore.held, 0);
});

test('Semaphore.resize: below what is held: takes nothing away, and lets in again only below the new limit', async () => {
  const semaphore = new Semaphore(3);
  const held: Permit[] = [];
  for (let n = 0; n < 3; n++) held.push(await semaphore.acquire());
  const waiting = semaphore.acquire();
  semaphore.resize(1);
  assert.deepEqual([semaphore.held, semaphore.limit], [3, 1]);
  held[0]?.release();
  held[1]?.release();
  assert.deepEqual([semaphore.held, semaphore.waiting], [1, 1]);
  held[2]?.release();
  assert.deepEqual([semaphore.held, semaphore.waiting], [1, 0]);
  (await waiting).release();
  assert.equal(semaphore.held, 0);
});
