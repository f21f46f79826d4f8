import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep, TaskGroup, TimeoutError, timeout } from '../../src/concurrency/index.ts';
import { fakeTime, forever } from './support.ts';

const named = async (name: string, ms: number, fn: () => Promise<unknown>, log: string[]) => {
  try {
    return await timeout(ms, fn);
  } catch (error) {
    log.push(`${name} ${(error as Error).name}`);
    throw error;
  }
};

test('timeout, nested: the inner one passes first: the outer goes on', async (t) => {
  const pass = fakeTime(t);
  const log: string[] = [];
  const outer = named(
    'outer',
    100,
    async () => {
      await named('inner', 50, forever, log).catch(() => {});
      await sleep(10);
      return 'went on';
    },
    log,
  );
  await pass(50);
  await pass(10);
  assert.equal(await outer, 'went on');
  assert.deepEqual(log, ['inner TimeoutError']);
});

for (const [innerMs, outerMs] of [
  [100, 50],
  [50, 50],
] as const) {
  test(`timeout, nested: the outer one passes, after ${outerMs} ms of ${innerMs}: only it throws TimeoutError`, async (t) => {
    const pass = fakeTime(t);
    const log: string[] = [];
    const outer = named('outer', outerMs, () => named('inner', innerMs, forever, log), log);
    const rejected = assert.rejects(outer, TimeoutError);
    await pass(50);
    await rejected;
    assert.deepEqual(log, ['inner CancelledError', 'outer TimeoutError']);
  });
}

test('timeout, nested: around a TaskGroup: ends when all its tasks have', async (t) => {
  const pass = fakeTime(t);
  const ended: string[] = [];
  const outer = timeout(50, async () => {
    await using group = new TaskGroup();
    for (const name of ['a', 'b']) {
      group.createTask(async () => {
        try {
          await forever();
        } finally {
          ended.push(name);
        }
      });
    }
  });
  const rejected = assert.rejects(outer, TimeoutError);
  await pass(50);
  await rejected;
  assert.deepEqual(ended, ['a', 'b']);
});

test('timeout, nested: the inner one passes first: the outer still ends what comes after', async (t) => {
  const pass = fakeTime(t);
  const log: string[] = [];
  const fn = async () => {
    await named('inner', 50, forever, log).catch(() => {});
    await forever();
  };
  const rejected = assert.rejects(named('outer', 100, fn, log), TimeoutError);
  await pass(50);
  await pass(50);
  await rejected;
  assert.deepEqual(log, ['inner TimeoutError', 'outer TimeoutError']);
});

test('timeout, nested: in the cleanup of what was late: each throws its own', async (t) => {
  const pass = fakeTime(t);
  const log: string[] = [];
  const fn = async () => {
    try {
      await forever();
    } finally {
      await named('cleanup', 50, forever, log).catch(() => {});
    }
  };
  const rejected = assert.rejects(named('outer', 50, fn, log), TimeoutError);
  await pass(50);
  await pass(50);
  await rejected;
  assert.deepEqual(log, ['cleanup TimeoutError', 'outer TimeoutError']);
});

test('timeout, nested: around a TaskGroup in which a cleanup fails: throws that failure', async (t) => {
  const pass = fakeTime(t);
  const ended = timeout(50, async () => {
    await using group = new TaskGroup();
    group.createTask(async () => {
      await forever().catch(() => {
        throw new RangeError('cleanup');
      });
    });
  });
  const rejected = assert.rejects(ended, new RangeError('cleanup'));
  await pass(50);
  await rejected;
});
