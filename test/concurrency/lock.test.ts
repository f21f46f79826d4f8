import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CancelledError, createTask, Lock, sleep } from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

test('Lock: lets in one at a time, in the order they came', async () => {
  const lock = new Lock();
  const trace: string[] = [];
  const enter = async (name: string) => {
    using _permit = await lock.acquire();
    trace.push(`${name} in`);
    await sleep(0);
    trace.push(`${name} out`);
  };
  await Promise.all([enter('a'), enter('b')]);
  assert.deepEqual(trace, ['a in', 'a out', 'b in', 'b out']);
  assert.equal(lock.locked, false);
});

test('Lock: is taken with tryAcquire() only when free', () => {
  const lock = new Lock();
  const permit = lock.tryAcquire();
  assert.ok(permit);
  assert.equal(lock.tryAcquire(), undefined);
  permit.release();
  assert.ok(lock.tryAcquire());
});

test('Lock: goes to the next waiter when the one before was cancelled', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const tasks = [createTask(() => lock.acquire()), createTask(() => lock.acquire())];
  await settle();
  tasks[0]?.cancel();
  permit.release();
  await assert.rejects(async () => await tasks[0], CancelledError);
  assert.ok(await tasks[1]);
  assert.equal(lock.locked, true);
});

test('Lock: gives up the wait when the signal aborts', async () => {
  const lock = new Lock();
  lock.tryAcquire();
  const controller = new AbortController();
  const waiting = lock.acquire({ signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, new Error('enough'));
  assert.deepEqual([lock.waiting, abortListeners(controller.signal)], [0, 0]);
});

test('Lock: reads well, also when logged', () => {
  assert.equal(inspect(new Lock()), '<Lock unlocked>');
  assert.equal(Object.prototype.toString.call(new Lock()), '[object Lock]');
  const lock = new Lock();
  assert.equal(String(lock), '<Lock unlocked>');
  lock.tryAcquire();
  void lock.acquire();
  assert.equal(String(lock), '<Lock locked waiting=1>');
});
