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
import { forever, settle } from './support.ts';

/** Sleeps for ever, and fails when it is to end. */
function failingCleanup(message: string): () => Promise<void> {
  return async () => {
    try {
      await forever();
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
      throw new Error(message);
    }
  };
}

test('TaskGroup.run: returns what the body returns, once all tasks have ended', async () => {
  const trace: string[] = [];
  const result = await TaskGroup.run(async (group) => {
    group.createTask(async () => {
      await sleep(0);
      trace.push('child');
    });
    return 'result';
  });
  assert.deepEqual([result, ...trace], ['result', 'child']);
});

test('TaskGroup.run: a failure of the body cancels the tasks and waits for them', async () => {
  const trace: string[] = [];
  const ended = TaskGroup.run(async (group) => {
    group.createTask(cleaning(trace, 'child'));
    await settle();
    throw new Error('body');
  });
  await assert.rejects(ended, new Error('body'));
  assert.deepEqual(trace, ['child']);
});

test('TaskGroup.run: throws the failure of a child bare, though it interrupted the body', async () => {
  const task = createTask(() =>
    TaskGroup.run(async (group) => {
      group.createTask(fail('child'));
      await forever();
    }),
  );
  await assert.rejects(async () => await task, new Error('child'));
});

test('TaskGroup.run: counts a failure that the body got from its child once', async () => {
  const task = createTask(() =>
    TaskGroup.run(async (group) => {
      await group.createTask(fail('child'));
    }),
  );
  await assert.rejects(async () => await task, new Error('child'));
});

test('TaskGroup.run: a failure of body and of a child are thrown together', async () => {
  const ended = TaskGroup.run(async (group) => {
    group.createTask(async () => {
      try {
        await forever();
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
        throw new Error('cleanup');
      }
    });
    await settle();
    throw new Error('body');
  });
  await assert.rejects(ended, (error) => {
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(error.errors, [new Error('body'), new Error('cleanup')]);
    return true;
  });
});

test('TaskGroup.run: cancelled: throws CancelledError', async () => {
  const task = createTask(() => TaskGroup.run(forever));
  await settle();
  task.cancel('outer');
  await assert.rejects(async () => await task, new CancelledError('outer'));
});

test('TaskGroup.run: cancelled, a cleanup failing: throws that, and the task is cancelled at its next wait', async () => {
  const trace: unknown[] = [];
  const task: Task<void> = createTask(async () => {
    await TaskGroup.run(async (group) => {
      group.createTask(failingCleanup('cleanup'));
      await forever();
    }).catch((error: Error) => trace.push(error.message, task.cancelling()));
    await sleep(0);
    trace.push('not reached');
  });
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.deepEqual(trace, ['cleanup', 1]);
});

test('TaskGroup.run: cancelled, nested, cleanups failing: all failures come out as one, through both', async () => {
  const task = createTask(() =>
    TaskGroup.run(async (outer) => {
      outer.createTask(forever);
      await TaskGroup.run(async (inner) => {
        for (const name of ['a', 'b']) inner.createTask(failingCleanup(name));
        await forever();
      });
    }),
  );
  await settle();
  task.cancel();
  await assert.rejects(
    async () => await task,
    (error) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(error.errors, [new Error('a'), new Error('b')]);
      return true;
    },
  );
});

for (const where of ['the task', 'a task that awaits it'] as const) {
  test(`TaskGroup.run: cancelled by ${where}, a child failing while the body cleans up: throws the failure`, async () => {
    const release = new Event();
    const inner = createTask(() =>
      TaskGroup.run(async (group) => {
        group.createTask(async () => {
          await release.wait();
          throw new Error('child');
        });
        try {
          await forever();
        } finally {
          release.set();
          await settle();
        }
      }),
    );
    const task = where === 'the task' ? inner : createTask(async () => await inner);
    await settle();
    task.cancel();
    await assert.rejects(async () => await task, new Error('child'));
  });
}

test('TaskGroup.run: cancelled, the body making a failure of that: throws the failure', async () => {
  const task = createTask(() =>
    TaskGroup.run(async () => {
      await forever().catch(() => {
        throw new Error('body');
      });
    }),
  );
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, new Error('body'));
});

test('TaskGroup.run: throws the failure of a child and that of the cleanup of the body together', async () => {
  const task: Task<unknown> = createTask(async () => {
    const error: unknown = await TaskGroup.run(async (group) => {
      group.createTask(fail('child'));
      await failingCleanup('body')();
    }).catch((thrown: unknown) => thrown);
    return [error, task.cancelling()];
  });
  const [error, cancelling] = (await task) as [unknown, number];
  assert.ok(error instanceof AggregateError);
  assert.deepEqual(error.errors, [new Error('child'), new Error('body')]);
  assert.equal(cancelling, 0);
});
