import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as nodeDelay } from 'node:timers/promises';
import {
  CancelledError,
  createTask,
  currentTask,
  Event,
  Future,
  gather,
  InvalidStateError,
  sleep,
  type Task,
} from '../../src/concurrency/index.ts';
import { abortListeners, forever, settle } from './support.ts';

test('Task: takes its result and its failure from its function only', async () => {
  const task = createTask(async () => 1) as Future<number>;
  assert.throws(() => task.setResult(2), TypeError);
  assert.throws(() => task.setException(new Error()), TypeError);
  assert.equal(await task, 1);
});

test('Task: cannot await itself', async () => {
  const task: Task<unknown> = createTask(async () => await task);
  await assert.rejects(async () => await task, TypeError);
});

test('Task: has a pending result until it is done', async () => {
  const task = createTask(() => 1);
  assert.throws(() => task.result(), InvalidStateError);
  await task;
  assert.equal(task.result(), 1);
});

test('currentTask: is the task that runs, through awaits and calls, also when tasks take turns', async () => {
  const check = async (task: () => Task<void>) => {
    for (let turn = 0; turn < 3; turn++) {
      assert.equal(currentTask(), task());
      await sleep(0);
    }
  };
  const first: Task<void> = createTask(() => check(() => first));
  const second: Task<void> = createTask(() => check(() => second));
  await gather([first, second]);
  assert.equal(currentTask(), undefined);
});

test('currentTask: is undefined in a callback that outlived its task', async () => {
  const seen = new Future<unknown>();
  await createTask(() => void setTimeout(() => seen.setResult(currentTask()), 1));
  assert.equal(await seen, undefined);
});

test('Task: ends as cancelled when other code cancels the future that it awaits', async () => {
  const future = new Future<void>();
  const task = createTask(async () => await future);
  await settle();
  future.cancel('elsewhere');
  await assert.rejects(async () => await task, new CancelledError('elsewhere'));
  assert.deepEqual([task.cancelled(), task.cancelling()], [true, 0]);
});

test('Task: may catch the cancellation of the future that it awaits, and go on', async () => {
  const inner = createTask(forever);
  const task = createTask(async () => {
    await inner.catch(() => {});
    await sleep(0);
    return 'went on';
  });
  await settle();
  inner.cancel();
  assert.equal(await task, 'went on');
});

test('Task.uncancel: counts down, never below 0', async () => {
  const task = createTask(forever);
  await settle();
  task.cancel();
  task.cancel();
  assert.equal(task.uncancel(), 1);
  assert.equal(task.uncancel(), 0);
  assert.equal(task.uncancel(), 0);
  await assert.rejects(async () => await task, CancelledError);
});

test('Task.uncancel: takes back a cancellation that was not delivered yet', async () => {
  const task = createTask(async () => {
    currentTask()?.cancel();
    currentTask()?.uncancel();
    await sleep(0);
    return 'went on';
  });
  assert.equal(await task, 'went on');
});

test('Task.uncancel: takes back one that met a result', async () => {
  const future = new Future<number>();
  const task = createTask(async () => await future);
  await settle();
  future.setResult(42);
  task.cancel();
  assert.equal(task.uncancel(), 0);
  assert.equal(await task, 42);
});

test('Task.uncancel: makes the task one like any other, that can be cancelled anew; none once it is done', async () => {
  const task: Task<void> = createTask(async () => {
    await forever().catch(() => task.uncancel());
    await forever();
  });
  await settle();
  task.cancel();
  assert.match(String(task), /cancelling/);
  await settle();
  assert.match(String(task), /pending/);
  assert.equal(task.cancelling(), 0);
  task.cancel();
  assert.equal(task.cancelling(), 1);
  await assert.rejects(async () => await task, CancelledError);
  task.uncancel();
  assert.equal(task.cancelled(), true);
});

test('Task.uncancel: lets a block tell its own cancellation from others, and the task go on behind it', async () => {
  for (const cancellations of [1, 2]) {
    const task: Task<string> = createTask(async () => {
      try {
        await forever();
      } catch (error) {
        // The block takes back its own one; with more than that, it is not the only one.
        if (task.uncancel() > 0) throw error;
      }
      await sleep(0);
      return 'went on';
    });
    await settle();
    for (let n = 0; n < cancellations; n++) task.cancel();
    if (cancellations === 1) assert.equal(await task, 'went on');
    else await assert.rejects(async () => await task, CancelledError);
  }
});

test('Task.signal: aborts what knows signals, and the task ends cancelled with the CancelledError', async () => {
  const task: Task<unknown> = createTask(() =>
    nodeDelay(100_000, undefined, { signal: task.signal }),
  );
  await settle();
  task.cancel('by signal');
  await assert.rejects(async () => await task, new CancelledError('by signal'));
  assert.equal(task.cancelled(), true);
  assert.throws(() => task.result(), CancelledError);
});

test('Task.signal: counts as delivered only while it has a listener', async () => {
  const foreign = Promise.withResolvers<void>();
  const task: Task<unknown> = createTask(async () => {
    assert.equal(task.signal.aborted, false);
    await foreign.promise;
    await sleep(0);
  });
  await settle();
  task.cancel();
  foreign.resolve();
  await assert.rejects(async () => await task, CancelledError);
});

test('Task.signal: is a fresh one after each cancellation delivered, so that cleanup can use it', async () => {
  const task: Task<unknown> = createTask(async () => {
    const first = task.signal;
    await forever().catch(() => {});
    assert.equal(first.aborted, true);
    assert.notEqual(task.signal, first);
    assert.equal(task.signal.aborted, false);
    await nodeDelay(1, undefined, { signal: task.signal });
    return 'cleaned';
  });
  await settle();
  task.cancel();
  assert.equal(await task, 'cleaned');
});

test('Task.signal: is aborted from the start while a cancellation waits for delivery', async () => {
  const task: Task<unknown> = createTask(async () => {
    currentTask()?.cancel('pending');
    return await nodeDelay(1, undefined, { signal: task.signal });
  });
  await assert.rejects(async () => await task, new CancelledError('pending'));
});

test('Task.signal: keeps no listener of a wait that is over', async () => {
  const { signal } = new AbortController();
  const event = new Event();
  const task = createTask(() => event.wait({ signal }));
  await settle();
  assert.equal(abortListeners(signal), 1);
  event.set();
  await task;
  assert.equal(abortListeners(signal), 0);
  const cancelled = createTask(() => sleep(100_000, { signal }));
  await settle();
  cancelled.cancel();
  assert.equal(abortListeners(signal), 0);
  await assert.rejects(async () => await cancelled, CancelledError);
});
