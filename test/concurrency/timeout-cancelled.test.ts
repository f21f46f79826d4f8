import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  Event,
  Future,
  gather,
  shield,
  sleep,
  TimeoutError,
  timeout,
} from '../../src/concurrency/index.ts';
import { abortListeners, fakeTime, forever, settle } from './support.ts';

test('timeout: cancelled: before it began, and refused: throws TimeoutError as ever', async (t) => {
  const pass = fakeTime(t);
  const task = createTask(async () => {
    await forever().catch(() => {});
    await assert.rejects(timeout(50, forever), TimeoutError);
    return 'went on';
  });
  await settle();
  task.cancel();
  await pass(50);
  assert.equal(await task, 'went on');
});

test('timeout: cancelled: refused by what it waits for: gives its value, and the task goes on', async () => {
  const task = createTask(async () => {
    const value = await timeout(100_000, async () => {
      await forever().catch(() => {});
      return 'refused';
    });
    await sleep(0);
    return value;
  });
  await settle();
  task.cancel();
  assert.equal(await task, 'refused');
});

test('timeout: cancelled: after what it waits for was done: has the result, and the next wait is cancelled', async () => {
  const future = new Future<string>();
  const trace: string[] = [];
  const task = createTask(async () => {
    trace.push(await timeout(100_000, future));
    await sleep(0);
  });
  await settle();
  future.setResult('result');
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(trace, ['result']);
});

test('timeout: cancelled: cancels what it waits for, waits for its end, and throws CancelledError', async () => {
  const release = new Event();
  const task = createTask(() =>
    timeout(100_000, async () => {
      try {
        await forever();
      } finally {
        await release.wait();
      }
    }),
  );
  await settle();
  task.cancel('outer');
  await settle();
  assert.equal(task.done(), false);
  release.set();
  await assert.rejects(async () => await task, new CancelledError('outer'));
});

test('timeout: cancelled: after the time was up, during the cleanup: CancelledError, not TimeoutError', async (t) => {
  const pass = fakeTime(t);
  const task = createTask(() =>
    timeout(50, async () => {
      try {
        await forever();
      } finally {
        await forever();
      }
    }),
  );
  await pass(50);
  task.cancel('outer');
  await assert.rejects(async () => await task, new CancelledError('outer'));
});

test('timeout: cancelled: the time being up during the cleanup then: still CancelledError', async (t) => {
  const pass = fakeTime(t);
  const task = createTask(() =>
    timeout(50, async () => {
      try {
        await forever();
      } finally {
        await forever();
      }
    }),
  );
  await settle();
  task.cancel('outer');
  const rejected = assert.rejects(async () => await task, CancelledError);
  await pass(50);
  await rejected;
});

test('timeout: cancelled: while it waits for a gather that cleans up after the time was up: CancelledError', async (t) => {
  const pass = fakeTime(t);
  const release = new Event();
  const child = createTask(async () => {
    try {
      await forever();
    } finally {
      await shield(() => release.wait()).catch(() => {});
    }
  });
  const task = createTask(() => timeout(50, gather([child])));
  await pass(50);
  task.cancel('outer');
  release.set();
  await assert.rejects(async () => await task, CancelledError);
});

test('timeout: cancelled: aborted: cancels what it waits for and throws the reason', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const future = new Future();
  const waiting = timeout(100_000, future, { signal });
  assert.equal(abortListeners(signal), 1);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, new Error('enough'));
  assert.equal(future.cancelled(), true);
  assert.equal(abortListeners(signal), 0);
  await assert.rejects(timeout(1, forever, { signal }), new Error('enough'));
});

test('timeout: cancelled: done: leaves no listener', async () => {
  const { signal } = new AbortController();
  await timeout(100_000, async () => 1, { signal });
  assert.equal(abortListeners(signal), 0);
});

test('timeout: cancelled: in the cleanup after a cancellation: CancelledError, not TimeoutError', async () => {
  const task = createTask(async () => {
    await forever().catch(() => {});
    await assert.rejects(timeout(100_000, forever), new CancelledError('second'));
    return 'went on';
  });
  await settle();
  task.cancel('first');
  await settle();
  task.cancel('second');
  assert.equal(await task, 'went on');
});
