import assert from 'node:assert/strict';
import {
  allTasks,
  createTask,
  currentTask,
  ensureFuture,
  Future,
  gather,
  run,
  shield,
  sleep,
  TaskGroup,
  wait,
} from '../../../src/concurrency/index.ts';
import { type Checks, cancelled, forever, turn } from './support.ts';

/** Checks of tasks, groups and run(). */
export const TASKS: Readonly<Record<string, Checks>> = {
  'tasks and cancellation': {
    'a task is cancelled at a wait, a future, a task, all(), race(), and behind other async calls':
      async () => {
        const calls = async () => await (async () => await forever())();
        const waits: (() => unknown)[] = [
          forever,
          async () => await new Future(),
          async () => await createTask(forever),
          async () => await Promise.all([forever(), turn()]),
          async () => await Promise.race([forever(), new Future()]),
          async () => forever(),
          calls,
          async () => await ensureFuture(new Promise(() => {})),
        ];
        for (const each of waits) assert.equal(await cancelled(each), 'CancelledError', `${each}`);
      },
    'a task is the current one behind each await': async () => {
      const task = createTask(async () => {
        for (const each of [null, turn(), sleep(1)]) {
          await each;
          assert.equal(currentTask(), task);
        }
      });
      await task;
    },
    'cleanup may wait, and a cancellation be refused': async () => {
      const refuses = async () => {
        try {
          await forever();
        } catch {
          await sleep(1);
        }
        return 'refused';
      };
      assert.equal(await cancelled(refuses), 'refused');
    },
    'task.signal aborts, and setTimeout of node:timers/promises ends by it': async () => {
      const { setTimeout: delay } = await import('node:timers/promises');
      const waits = () => delay(60_000, undefined, { signal: currentTask()?.signal as never });
      assert.equal(await cancelled(waits), 'CancelledError');
    },
    'gather, shield, wait': async () => {
      assert.deepEqual(await gather([async () => 1, Promise.resolve('a')]), [1, 'a']);
      const inner = createTask(forever);
      assert.equal(await cancelled(async () => await shield(inner)), 'CancelledError');
      assert.equal(inner.done(), false);
      assert.equal((await wait([inner], { timeout: 1 })).pending.size, 1);
      inner.cancel();
    },
    'done callbacks run outside of any task': async () => {
      const future = new Future<number>();
      const { promise, resolve } = Promise.withResolvers<unknown>();
      await createTask(() => future.addDoneCallback(() => resolve(currentTask())));
      future.setResult(1);
      assert.equal(await promise, undefined);
    },
    'in run(), a timer that a task starts is part of no task': () =>
      run(async () => {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        setTimeout(() => resolve(currentTask()), 1);
        assert.equal(await promise, undefined);
      }),
  },
  TaskGroup: {
    'a failure cancels the siblings, and is what the group ends with': async () => {
      let sibling: Future<unknown> | undefined;
      const group = TaskGroup.run(async (tasks) => {
        sibling = tasks.createTask(forever);
        tasks.createTask(async () => {
          await sleep(1);
          throw new RangeError('no');
        });
        await forever();
      });
      await assert.rejects(group, new RangeError('no'));
      assert.equal(sibling?.cancelled(), true);
    },
    'await using: waits for all': async () => {
      const trace: number[] = [];
      {
        await using group = new TaskGroup();
        for (const n of [2, 1])
          group.createTask(async () => {
            await sleep(n * 5);
            trace.push(n);
          });
      }
      assert.deepEqual(trace, [1, 2]);
    },
    'cancelling the task around it ends all, and no rejection is taken for unhandled': async () => {
      const group = () => TaskGroup.run((tasks) => tasks.createTask(async () => await forever()));
      assert.equal(await cancelled(group), 'CancelledError');
      await turn();
    },
  },
  run: {
    'ends what is left over, and leaves no listener': async () => {
      const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('beforeExit');
      const before = listeners();
      let left: Future<unknown> | undefined;
      const result = await run(() => {
        left = createTask(forever);
        assert.equal(allTasks().size, 2);
        return 42;
      });
      assert.equal(result, 42);
      assert.equal(left?.cancelled(), true);
      assert.equal(listeners(), before);
    },
    'SIGTERM cancels main': async () => {
      const running = run(async () => {
        setTimeout(() => process.kill(process.pid, 'SIGTERM'), 1);
        await forever();
      });
      await assert.rejects(running, { name: 'CancelledError', cause: 'SIGTERM' });
      assert.equal(process.exitCode, 143);
      process.exitCode = 0;
    },
  },
};
