import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asCompleted,
  createTask,
  currentTask,
  Event,
  gather,
  InvalidStateError,
  race,
  sleep,
  type Task,
  TaskGroup,
  timeout,
} from '../../src/concurrency/index.ts';
import { cleaning, fail } from './children.ts';
import { forever, settle } from './support.ts';

test('TaskGroup: ends the block only when all its tasks have ended', async () => {
  const trace: string[] = [];
  {
    await using group = new TaskGroup();
    group.createTask(async () => {
      await sleep(0);
      trace.push('slow');
    });
    group.createTask(() => trace.push('fast'));
    trace.push('block');
  }
  assert.deepEqual(trace, ['block', 'fast', 'slow']);
});

test('TaskGroup: ends at once without tasks, and keeps the results in the tasks', async () => {
  let task: Task<number> | undefined;
  {
    await using group = new TaskGroup();
    task = group.createTask(() => 1, { name: 'one' });
  }
  assert.equal(task.result(), 1);
  assert.equal(task.name, 'one');
  await using _empty = new TaskGroup();
});

test('TaskGroup: takes tasks from its own tasks while it ends', async () => {
  const trace: string[] = [];
  {
    await using group = new TaskGroup();
    group.createTask(async () => {
      await sleep(0);
      group.createTask(() => trace.push('grandchild'));
    });
  }
  assert.deepEqual(trace, ['grandchild']);
});

test('TaskGroup: a failure cancels the siblings, waits for their cleanup, and is thrown', async () => {
  const trace: string[] = [];
  await assert.rejects(async () => {
    await using group = new TaskGroup();
    group.createTask(cleaning(trace, 'sibling'));
    group.createTask(async () => {
      await sleep(0);
      throw new Error('child');
    });
  }, new Error('child'));
  assert.deepEqual(trace, ['sibling']);
});

test('TaskGroup: several failures are thrown as one AggregateError, the first one first', async () => {
  const ended = (async () => {
    await using group = new TaskGroup();
    group.createTask(async () => {
      try {
        await forever();
      } finally {
        await sleep(0);
        // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
        throw new Error('cleanup');
      }
    });
    group.createTask(async () => {
      await sleep(0);
      throw new Error('first');
    });
  })();
  await assert.rejects(ended, (error) => {
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(error.errors, [new Error('first'), new Error('cleanup')]);
    return true;
  });
});

test('TaskGroup: a task that is cancelled is no failure', async () => {
  await using group = new TaskGroup();
  const task = group.createTask(forever);
  const other = group.createTask(async () => {
    await sleep(0);
    task.cancel();
    await sleep(0);
    return 'other';
  });
  assert.equal(await other, 'other');
});

test('TaskGroup: a sibling that refuses to be cancelled is waited for', async () => {
  const trace: string[] = [];
  await assert.rejects(async () => {
    await using group = new TaskGroup();
    group.createTask(async () => {
      try {
        await forever();
      } catch {
        await sleep(0);
        trace.push('refused');
      }
    });
    group.createTask(async () => {
      await sleep(0);
      throw new Error('child');
    });
  }, new Error('child'));
  assert.deepEqual(trace, ['refused']);
});

test('TaskGroup: takes no task while it is being cancelled, nor after its end', async () => {
  const group = new TaskGroup();
  const error = await createTask(async () => {
    group.createTask(fail('child'));
    await settle();
    assert.throws(() => group.createTask(forever), InvalidStateError);
    return await group[Symbol.asyncDispose]().catch((thrown: unknown) => thrown);
  });
  assert.deepEqual(error, new Error('child'));
  assert.throws(() => group.createTask(forever), InvalidStateError);
  await assert.rejects(group[Symbol.asyncDispose](), InvalidStateError);
});

test('TaskGroup: a failure interrupts the block, which ends with it', async () => {
  const task = createTask(async () => {
    await using group = new TaskGroup();
    group.createTask(fail('child'));
    await forever();
  });
  await assert.rejects(async () => await task, new Error('child'));
});

for (const [name, awaited] of [
  ['the failing task', (tasks) => tasks[0]],
  ['its sibling', (tasks) => tasks[1]],
  ['Promise.all', (tasks) => Promise.all(tasks)],
  ['Promise.race', (tasks) => Promise.race(tasks)],
  ['gather', (tasks) => gather(tasks)],
  ['race', (tasks) => race(tasks)],
  ['timeout', (tasks) => timeout(10_000, tasks[1] as Task<unknown>)],
  ['asCompleted', async (tasks) => Array.fromAsync(asCompleted(tasks), (each) => each.result())],
  ['an async call', (tasks) => (async () => await (async () => tasks[1])())()],
  ['then', (tasks) => tasks[1]?.then(() => 1)],
] as [string, (tasks: Task<unknown>[]) => unknown][]) {
  test(`TaskGroup: a failure while the block awaits ${name}: it ends with that failure`, async () => {
    const main = createTask(async () => {
      await using group = new TaskGroup();
      const tasks = [group.createTask(fail('child')), group.createTask(forever)];
      await awaited(tasks);
      return 'not reached';
    });
    await assert.rejects(async () => await main, new Error('child'));
  });
}

test('TaskGroup: a failure that allSettled kept from the block: it ends with that failure', async () => {
  const main = createTask(async () => {
    await using group = new TaskGroup();
    await Promise.allSettled([group.createTask(fail('child')), group.createTask(forever)]);
  });
  await assert.rejects(async () => await main, new Error('child'));
});

test('TaskGroup: a failure after a lost race: it is thrown at the next wait of the block', async () => {
  const release = new Event();
  const trace: unknown[] = [];
  const main = createTask(async () => {
    await using group = new TaskGroup();
    await Promise.race([new Event().wait(), Promise.resolve()]);
    group.createTask(async () => {
      await release.wait();
      throw new Error('child');
    });
    await new Promise<void>((done) => setImmediate(done).ref());
    release.set();
    await new Promise<void>((done) => setImmediate(() => setImmediate(done)));
    await forever().catch((error: unknown) => {
      trace.push(error);
      throw error;
    });
  });
  await assert.rejects(async () => await main, new Error('child'));
  assert.deepEqual(trace, [new Error('child')]);
});

test("TaskGroup: atEnd 'cancel': cancels what is left, and waits for its cleanup", async () => {
  const trace: string[] = [];
  const main = createTask(async () => {
    await using group = new TaskGroup({ atEnd: 'cancel' });
    group.createTask(cleaning(trace, 'helper'));
    await settle();
    return 'result';
  });
  assert.equal(await main, 'result');
  assert.deepEqual(trace, ['helper']);
});

test('TaskGroup: leaves the task of the block as it was after a failure', async () => {
  const task: Task<number> = createTask(async () => {
    await TaskGroup.run(async (group) => {
      group.createTask(fail('child'));
      await forever();
    }).catch(() => {});
    await sleep(0);
    return task.cancelling();
  });
  assert.equal(await task, 0);
});

test('TaskGroup: works outside of any task', async () => {
  const trace: string[] = [];
  await assert.rejects(async () => {
    await using group = new TaskGroup();
    group.createTask(cleaning(trace, 'child'));
    assert.equal(currentTask(), undefined);
    await settle();
    group.createTask(fail('no'));
  }, new Error('no'));
  assert.deepEqual(trace, ['child']);
});

test('TaskGroup: what its block returns of Promise.all, race or any is heard by no listener', async () => {
  const heard: unknown[] = [];
  const listener = (reason: unknown) => void heard.push(reason);
  process.on('unhandledRejection', listener);
  try {
    for (const combine of [Promise.all, Promise.race, Promise.any]) {
      for (const delay of [undefined, 0]) {
        const block = async () => {
          await using group = new TaskGroup();
          const fail = async () => {
            if (delay !== undefined) await sleep(delay);
            throw new Error('child');
          };
          return combine.call(Promise, [group.createTask(fail), group.createTask(forever)]);
        };
        await assert.rejects(block(), /^Error: child$/);
        await assert.rejects(createTask(block), /^Error: child$/);
      }
    }
    await sleep(0);
    assert.deepEqual(heard, []);
  } finally {
    process.off('unhandledRejection', listener);
  }
});
