import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { sleep } from '../../src/concurrency/sleep.ts';
import { Stop } from '../../src/engine/stop.ts';
import { settle } from '../concurrency/support.ts';

function setUp() {
  const stopping = new AbortController();
  return { stopping, stop: new Stop(stopping.signal) };
}

/** A task that waits until it is cancelled, and makes an outcome of that. */
function row(stop: Stop, log: string[], name: string) {
  return createTask(async () => {
    const task = stop.enter();
    try {
      await sleep(Number.POSITIVE_INFINITY);
    } catch {
      log.push(name);
      return name;
    } finally {
      stop.leave(task);
    }
    return 'done';
  });
}

test('Stop: cancels every task that has entered, once, with one listener for all', async () => {
  const { stopping, stop } = setUp();
  const log: string[] = [];
  const tasks = ['a', 'b', 'c'].map((name) => row(stop, log, name));
  await settle();
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 1);
  assert.equal(stop.requested, false);
  stopping.abort();
  assert.equal(stop.requested, true);
  assert.deepEqual(await Promise.all(tasks), ['a', 'b', 'c']);
  assert.deepEqual(log, ['a', 'b', 'c']);
});

test('Stop.leave: takes the cancellation of a task back', async () => {
  const { stopping, stop } = setUp();
  const { promise, resolve } = Promise.withResolvers<void>();
  const task = createTask(async () => {
    const entered = stop.enter();
    await promise;
    stop.leave(entered);
    return 'saved';
  });
  await settle();
  stopping.abort();
  resolve();
  assert.equal(await task, 'saved');
});

test('Stop.leave: takes back no cancellation from elsewhere', async () => {
  const { stopping, stop } = setUp();
  const { promise, resolve } = Promise.withResolvers<void>();
  const task = createTask(async () => {
    const entered = stop.enter();
    await promise;
    stop.leave(entered);
  });
  await settle();
  task.cancel();
  stopping.abort();
  resolve();
  await assert.rejects(task, { name: 'CancelledError' });
});

test('Stop.leave: a task that has left is not cancelled', async () => {
  const { stopping, stop } = setUp();
  const task = createTask(async () => {
    stop.leave(stop.enter());
    await settle();
    return 'went on';
  });
  await Promise.resolve();
  await Promise.resolve();
  stopping.abort();
  assert.equal(await task, 'went on');
});

test('Stop: leaves no listener', () => {
  const { stopping, stop } = setUp();
  stop[Symbol.dispose]();
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});
