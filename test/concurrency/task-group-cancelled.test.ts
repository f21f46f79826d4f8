import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  Event,
  sleep,
  type Task,
  TaskGroup,
} from '../../src/concurrency/index.ts';
import { cleaning, fail } from './children.ts';
import { abortListeners, forever, settle } from './support.ts';

test('TaskGroup: cancelled while it ends: cancels the tasks, waits, and throws CancelledError', async () => {
  const trace: string[] = [];
  const task = createTask(async () => {
    await using group = new TaskGroup();
    group.createTask(cleaning(trace, 'child'));
  });
  await settle();
  task.cancel('outer');
  await assert.rejects(async () => await task, new CancelledError('outer'));
  assert.deepEqual(trace, ['child']);
});

test('TaskGroup: cancelled in the block: cancels the tasks and waits for them', async () => {
  const trace: string[] = [];
  const task = createTask(async () => {
    await using group = new TaskGroup();
    group.createTask(cleaning(trace, 'child'));
    await forever();
  });
  await settle();
  task.cancel('outer');
  await assert.rejects(async () => await task, new CancelledError('outer'));
  assert.deepEqual(trace, ['child']);
});

test('TaskGroup: cancelled again while its tasks clean up: lets them', async () => {
  const trace: string[] = [];
  const release = new Event();
  const task = createTask(async () => {
    await using group = new TaskGroup();
    group.createTask(async () => {
      try {
        await forever();
      } finally {
        await release.wait();
        trace.push('cleaned');
      }
    });
  });
  await settle();
  task.cancel('first');
  await settle();
  task.cancel('second');
  await settle();
  assert.equal(task.done(), false);
  release.set();
  await assert.rejects(async () => await task, new CancelledError('first'));
  assert.deepEqual(trace, ['cleaned']);
});

test('TaskGroup: cancelled while a failure ends it: throws the failure, and is cancelled at its next wait', async () => {
  const release = new Event();
  const trace: string[] = [];
  const task = createTask(async () => {
    await TaskGroup.run((group) => {
      group.createTask(async () => {
        try {
          await forever();
        } catch {
          await release.wait();
        }
      });
      group.createTask(async () => {
        await sleep(0);
        throw new Error('child');
      });
    }).catch((error: Error) => trace.push(error.message));
    trace.push('next');
    await sleep(0);
    trace.push('not reached');
  });
  await settle();
  task.cancel('outer');
  await settle();
  release.set();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(trace, ['child', 'next']);
});

test('TaskGroup: a cancellation refused before the group began does not count', async () => {
  const task = createTask(async () => {
    await forever().catch(() => {});
    await TaskGroup.run(async (group) => {
      group.createTask(fail('child'));
      await forever();
    }).catch((error: Error) => assert.equal(error.message, 'child'));
    await sleep(0);
    return 'went on';
  });
  await settle();
  task.cancel();
  assert.equal(await task, 'went on');
});

test('TaskGroup: nested: a failure inside ends the inner one, then the outer one', async () => {
  const trace: string[] = [];
  const task = createTask(() =>
    TaskGroup.run(async (outer) => {
      outer.createTask(cleaning(trace, 'outer child'));
      await TaskGroup.run(async (inner) => {
        inner.createTask(cleaning(trace, 'inner child'));
        await settle();
        inner.createTask(fail('deep'));
        await forever();
      });
    }),
  );
  await assert.rejects(async () => await task, new Error('deep'));
  assert.deepEqual(trace, ['inner child', 'outer child']);
});

test('TaskGroup: aborted: cancels the block and its tasks, and throws the reason', async () => {
  const trace: string[] = [];
  const controller = new AbortController();
  const { signal } = controller;
  const task = createTask(() =>
    TaskGroup.run(
      async (group) => {
        group.createTask(cleaning(trace, 'child'));
        await forever();
      },
      { signal },
    ),
  );
  await settle();
  assert.equal(abortListeners(signal), 1);
  controller.abort(new RangeError('enough'));
  await assert.rejects(async () => await task, new RangeError('enough'));
  assert.deepEqual(trace, ['child']);
  assert.equal(abortListeners(signal), 0);
});

test('TaskGroup: nested: a failure outside cancels the inner one with its tasks', async () => {
  const trace: string[] = [];
  const task = createTask(() =>
    TaskGroup.run(async (outer) => {
      outer.createTask(async () => {
        await settle();
        throw new Error('outer child');
      });
      await TaskGroup.run((inner) => void inner.createTask(cleaning(trace, 'inner child')));
    }),
  );
  await assert.rejects(async () => await task, new Error('outer child'));
  assert.deepEqual(trace, ['inner child']);
});

test('TaskGroup: nested, both failing at once: each throws its own, and only at the end is all as before', async () => {
  const task: Task<unknown> = createTask(async () => {
    const trace: unknown[] = [];
    const outerEnd = TaskGroup.run(async (outer) => {
      await TaskGroup.run((inner) => {
        inner.createTask(fail('inner'));
        outer.createTask(fail('outer'));
      }).catch((error: Error) => trace.push(error.message));
      trace.push(task.cancelling());
    });
    await outerEnd.catch((error: Error) => trace.push(error.message));
    trace.push(task.cancelling());
    return trace;
  });
  assert.deepEqual(await task, ['inner', 1, 'outer', 0]);
});

test('TaskGroup: cancels tasks that start more and more of them', async () => {
  let started = 0;
  const task = createTask(() =>
    TaskGroup.run((group) => {
      const hydra = async (): Promise<void> => {
        started++;
        await sleep(0);
        group.createTask(hydra);
        group.createTask(hydra);
      };
      group.createTask(hydra);
      group.createTask(async () => {
        while (started < 10) await sleep(0);
        throw new Error('hercules');
      });
    }),
  );
  await assert.rejects(async () => await task, new Error('hercules'));
  const before = started;
  await settle();
  assert.equal(started, before);
});

test('TaskGroup.cancel: cancels the tasks; the block goes on', async () => {
  const trace: string[] = [];
  {
    await using group = new TaskGroup();
    group.createTask(cleaning(trace, 'child'));
    await settle();
    group.cancel();
    trace.push('block');
  }
  assert.deepEqual(trace, ['block', 'child']);
});
