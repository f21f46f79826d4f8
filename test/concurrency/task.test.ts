import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
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
  Queue,
  Semaphore,
  shield,
  sleep,
  type Task,
  TaskGroup,
  wait,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

const forever = () => sleep(Number.POSITIVE_INFINITY);

test('createTask: starts the function soon, not at once, in the order created', async () => {
  const order: string[] = [];
  const first = createTask(() => void order.push('first'));
  const second = createTask(() => void order.push('second'));
  assert.deepEqual(order, []);
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
});

test('createTask: takes functions that return a value, a promise, or a future', async () => {
  const future = new Future<number>();
  future.setResult(3);
  assert.equal(await createTask(() => 1), 1);
  assert.equal(await createTask(async () => 2), 2);
  assert.equal(await createTask(() => future), 3);
});

test('createTask: fails as the function does, thrown or rejected', async () => {
  const thrown = createTask(() => {
    throw new RangeError('thrown');
  });
  const rejected = createTask(() => Promise.reject(new RangeError('rejected')));
  await assert.rejects(async () => await thrown, new RangeError('thrown'));
  await assert.rejects(async () => await rejected, new RangeError('rejected'));
  assert.equal(thrown.cancelled(), false);
});

test('createTask: numbers the names, or takes the one given, and reads well', async () => {
  async function supervise() {}
  const task = createTask(supervise);
  const next = createTask(forever, { name: 'next' });
  assert.match(String(task), /^<Task pending name='Task-\d+' fn=supervise>$/);
  await task;
  assert.match(String(task), /^<Task finished name='Task-\d+' result=undefined>$/);
  next.cancel();
  assert.equal(String(next), "<Task cancelling name='next' fn=forever>");
  await settle();
  assert.equal(String(next), "<Task cancelled name='next'>");
});

test('createTask: keeps other async contexts', async () => {
  const context = new AsyncLocalStorage<string>();
  const task = context.run('mine', () =>
    createTask(async () => {
      await null;
      return context.getStore();
    }),
  );
  assert.equal(await task, 'mine');
});

test('createTask: takes a function, and says so', () => {
  const spin = async () => 1;
  assert.throws(
    () => createTask(spin() as unknown as () => number),
    /^TypeError: createTask\(\) takes a function to run, as in createTask\(\(\) => work\(\)\), not a promise, whose/,
  );
  assert.throws(() => createTask(123 as unknown as () => number), /not 123$/);
});

test('createTask: keeps changes of the async context to the task that makes them', async () => {
  const context = new AsyncLocalStorage<number>();
  const seen: unknown[] = [];
  await context.run(0, async () => {
    const tasks = [1, 2, 3].map((number) =>
      createTask(async () => {
        seen.push(context.getStore());
        context.enterWith(number);
        await sleep(0);
        seen.push(context.getStore());
      }),
    );
    context.enterWith(-1);
    await gather(tasks);
    seen.push(context.getStore());
  });
  assert.deepEqual(seen, [0, 0, 0, 1, 2, 3, -1]);
});

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
