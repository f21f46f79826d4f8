import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asCompleted,
  CancelledError,
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
import { abortListeners, settle } from './support.ts';

const forever = () => sleep(Number.POSITIVE_INFINITY);
const fail = (message: string) => async () => {
  throw new Error(message);
};

/** Sleeps for ever, then takes a turn to clean up, and notes that it did. */
function cleaning(trace: string[], name: string): () => Promise<void> {
  return async () => {
    try {
      await forever();
    } finally {
      await sleep(0);
      trace.push(name);
    }
  };
}

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
