import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  currentTask,
  Event,
  Future,
  gather,
  Queue,
  Semaphore,
  shield,
  sleep,
  TaskGroup,
  wait,
} from '../../src/concurrency/index.ts';
import { forever, settle } from './support.ts';

test('Task.cancel: before the start: the function never runs', async () => {
  let ran = false;
  const task = createTask(() => (ran = true));
  assert.equal(task.cancel('early'), true);
  await assert.rejects(async () => await task, new CancelledError('early'));
  assert.equal(task.cancelled(), true);
  assert.equal(ran, false);
});

test('Task.cancel: during a wait: CancelledError appears there, however deep in the calls', async () => {
  const trace: unknown[] = [];
  const inner = async () => {
    try {
      await forever();
    } catch (error) {
      trace.push(error);
      throw error;
    } finally {
      trace.push('cleaned');
    }
  };
  const task = createTask(async () => await inner());
  await settle();
  task.cancel('now');
  await assert.rejects(async () => await task, new CancelledError('now'));
  assert.deepEqual(trace, [new CancelledError('now'), 'cleaned']);
});

test('Task.cancel: twice before the task goes on: counted twice, and one for its code', async () => {
  const trace: string[] = [];
  const task = createTask(async () => {
    await forever().catch((error: unknown) => trace.push((error as Error).message));
    await sleep(0);
    return 'refused';
  });
  await settle();
  task.cancel('first');
  task.cancel('second');
  assert.equal(task.cancelling(), 2);
  assert.equal(await task, 'refused');
  assert.deepEqual(trace, ['first']);
});

test('Task.cancel: while already cleaning up: interrupts the cleanup', async () => {
  const trace: string[] = [];
  const task = createTask(async () => {
    try {
      await forever();
    } finally {
      try {
        await forever();
      } catch (error) {
        trace.push((error as Error).message);
      }
    }
  });
  await settle();
  task.cancel('first');
  await settle();
  assert.equal(task.done(), false);
  task.cancel('second');
  await assert.rejects(async () => await task, new CancelledError('first'));
  assert.deepEqual(trace, ['second']);
});

test('Task.cancel: after done: refused, and changes nothing', async () => {
  const task = createTask(() => 1);
  await task;
  assert.equal(task.cancel(), false);
  assert.equal(task.cancelled(), false);
  assert.equal(task.cancelling(), 0);
  assert.equal(task.result(), 1);
});

test('Task.cancel: refused by returning: a result, not cancelled, and later waits are normal', async () => {
  const task = createTask(async () => {
    try {
      await forever();
    } catch {}
    await sleep(1);
    using _permit = await new Semaphore(1).acquire();
    return 'refused';
  });
  await settle();
  task.cancel();
  assert.equal(await task, 'refused');
  assert.equal(task.cancelled(), false);
});

test('Task.cancel: delayed: the task waits in its cleanup and ends cancelled', async () => {
  const release = new Event();
  const task = createTask(async () => {
    try {
      await forever();
    } finally {
      await release.wait();
    }
  });
  await settle();
  task.cancel();
  await settle();
  assert.equal(task.done(), false);
  release.set();
  await assert.rejects(async () => await task, CancelledError);
});

test('Task.cancel: by the task itself: at its next wait', async () => {
  const reached: string[] = [];
  const task = createTask(async () => {
    currentTask()?.cancel();
    reached.push('before');
    await sleep(0);
    reached.push('after');
  });
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(reached, ['before']);
});

test('Task.cancel: too late for any wait: the task is cancelled at its end', async () => {
  const task = createTask(async () => {
    currentTask()?.cancel();
    return 'result';
  });
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(task.cancelled(), true);
});

test('Task.cancel: while it waits for something foreign: kept for its next wait', async () => {
  const foreign = Promise.withResolvers<void>();
  const reached: string[] = [];
  const task = createTask(async () => {
    await foreign.promise;
    reached.push('foreign');
    await sleep(0);
    reached.push('sleep');
  });
  await settle();
  task.cancel();
  await settle();
  assert.equal(task.done(), false);
  foreign.resolve();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(reached, ['foreign']);
});

test('Task.cancel: failing while cleaning up makes it a failure', async () => {
  const task = createTask(async () => {
    try {
      await forever();
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
      throw new Error('cleanup');
    }
  });
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, new Error('cleanup'));
  assert.equal(task.cancelled(), false);
});

test('Task.cancel: reaches every wait that the task has begun', async () => {
  const semaphore = new Semaphore(1);
  semaphore.tryAcquire();
  const task = createTask(() => Promise.all([forever(), semaphore.acquire(), forever()]));
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(semaphore.waiting, 0);
});

test('Task.cancel: ends a wait that was begun and is not awaited, without an unhandled rejection', async () => {
  const task = createTask(async () => {
    forever();
    await sleep(0);
    await forever();
  });
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
});

test('Task.cancel: with a message: result() and exception() throw it, also before the start', async () => {
  const [started, unstarted] = [createTask(forever), createTask(forever)];
  unstarted.cancel('message');
  await settle();
  started.cancel('message');
  await wait([started, unstarted]);
  for (const task of [started, unstarted]) {
    assert.throws(() => task.result(), new CancelledError('message'));
    assert.throws(() => task.exception(), new CancelledError('message'));
  }
});

test('Task.cancel of a task that awaits: a future: cancels the future', async () => {
  const future = new Future();
  const task = createTask(async () => await future);
  await settle();
  task.cancel('through');
  await assert.rejects(async () => await task, new CancelledError('through'));
  assert.equal(future.cancelled(), true);
});

test('Task.cancel of a task that awaits: a future that is cancelled in the same turn: ends with the cancellation of the future', async () => {
  const future = new Future();
  const task = createTask(async () => await future);
  await settle();
  future.cancel('future');
  task.cancel('task');
  await assert.rejects(async () => await task, new CancelledError('future'));
});

test('Task.cancel of a task that awaits: another task: cancels that, and waits for its cleanup', async () => {
  const release = new Event();
  const inner = createTask(async () => {
    try {
      await forever();
    } finally {
      await release.wait();
    }
  });
  const outer = createTask(async () => await inner);
  await settle();
  outer.cancel();
  await settle();
  assert.deepEqual([inner.done(), outer.done()], [false, false]);
  release.set();
  await assert.rejects(async () => await outer, CancelledError);
  assert.equal(inner.cancelled(), true);
});

test('Task.cancel of a task that awaits: another task that refuses: gets its result', async () => {
  const inner = createTask(async () => {
    await forever().catch(() => {});
    return 'inner result';
  });
  const outer = createTask(async () => await inner);
  await settle();
  outer.cancel();
  assert.equal(await outer, 'inner result');
});

test('Task.cancel of a task that awaits: a future through Promise.race: cancels the future', async () => {
  const future = new Future();
  const task = createTask(() => Promise.race([future, new Promise(() => {})]));
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(future.cancelled(), true);
});

test('Task.cancel of a task that awaits: a shield: what is inside goes on', async () => {
  const release = new Event();
  const inner = createTask(() => release.wait());
  const outer = createTask(async () => await shield(inner));
  await settle();
  outer.cancel();
  await assert.rejects(async () => await outer, CancelledError);
  assert.equal(inner.done(), false);
  release.set();
  await inner;
});

test('Task.cancel of a task that awaits: a gather: cancels all of it', async () => {
  const children = [createTask(forever), createTask(forever)];
  const outer = createTask(async () => await gather(children));
  await settle();
  outer.cancel();
  await assert.rejects(async () => await outer, CancelledError);
  assert.deepEqual(
    children.map((child) => child.cancelled()),
    [true, true],
  );
});

test('Task.cancel of a task that awaits: a wait: cancels nothing else', async () => {
  const future = new Future<void>();
  const outer = createTask(() => wait([future]));
  await settle();
  outer.cancel();
  await assert.rejects(async () => await outer, CancelledError);
  assert.equal(future.done(), false);
});

test('Task.cancel of a task that awaits: a TaskGroup: cancels the children and waits for them', async () => {
  const trace: string[] = [];
  const outer = createTask(async () => {
    await using group = new TaskGroup();
    group.createTask(async () => {
      try {
        await forever();
      } finally {
        await sleep(1);
        trace.push('cleaned');
      }
    });
  });
  await settle();
  outer.cancel();
  await assert.rejects(async () => await outer, CancelledError);
  assert.deepEqual(trace, ['cleaned']);
});

test('Task.cancel of a task that awaits: a Semaphore: leaves the queue', async () => {
  const semaphore = new Semaphore(1);
  using _permit = await semaphore.acquire();
  const outer = createTask(() => semaphore.acquire());
  await settle();
  assert.equal(semaphore.waiting, 1);
  outer.cancel();
  assert.equal(semaphore.waiting, 0);
  await assert.rejects(async () => await outer, CancelledError);
});

test('Task.cancel of a task that awaits: a Queue: takes nothing from it', async () => {
  const queue = new Queue<string>();
  const outer = createTask(() => queue.get());
  await settle();
  outer.cancel();
  queue.tryPut('kept');
  await assert.rejects(async () => await outer, CancelledError);
  assert.equal(queue.tryGet(), 'kept');
});

test('Task.cancel of a task that awaits: a future that is done in the same turn: keeps it for the next wait', async () => {
  const future = new Future<string>();
  const reached: string[] = [];
  const task = createTask(async () => {
    reached.push(await future);
    await sleep(0);
    reached.push('next');
  });
  await settle();
  future.setResult('result');
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(reached, ['result']);
});

test('Task.cancel of a task that awaits: another task, having cancelled itself before: cancels that too, and what it awaits', async () => {
  const future = new Future<void>();
  const inner = createTask(async () => await future);
  const outer = createTask(async () => {
    await settle();
    currentTask()?.cancel();
    await inner;
  });
  await assert.rejects(async () => await outer, CancelledError);
  assert.deepEqual([inner.cancelled(), future.cancelled()], [true, true]);
});

test('Task.cancel of a task that awaits: a gather that returns exceptions: is cancelled all the same, with the message', async () => {
  const task = createTask(async () => await gather([forever], { returnExceptions: true }));
  await settle();
  task.cancel('message');
  await assert.rejects(async () => await task, new CancelledError('message'));
});
