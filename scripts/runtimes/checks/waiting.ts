import assert from 'node:assert/strict';
import {
  asCompleted,
  CancelledError,
  Condition,
  createTask,
  Event,
  gather,
  Lock,
  mapAsCompleted,
  PriorityQueue,
  Queue,
  QueueShutDown,
  race,
  Semaphore,
  sleep,
  TimeoutError,
  timeout,
  wait,
} from '../../../src/concurrency/index.ts';
import { type Checks, forever, turn } from './support.ts';

/** Checks of semaphores, queues, timeouts and races. */
export const WAITING: Readonly<Record<string, Checks>> = {
  'semaphores, locks, events': {
    'Semaphore, Lock: one at a time, first come first served, none lost to a cancelled wait':
      async () => {
        for (const lock of [new Semaphore(1), new Lock()]) {
          const trace: number[] = [];
          const enter = async (n: number) => {
            using _permit = await lock.acquire();
            trace.push(n);
            await sleep(1);
            trace.push(n);
          };
          const tasks = [1, 2, 3].map((n) => createTask(() => enter(n)));
          await sleep(0);
          tasks[1]?.cancel();
          await wait(tasks);
          assert.deepEqual(trace, [1, 1, 3, 3]);
          assert.equal(lock.locked, false);
        }
      },
    'Event, Condition': async () => {
      const event = new Event();
      const waiting = gather([() => event.wait(), () => event.wait()]);
      event.set();
      await waiting;
      const condition = new Condition();
      let isReady = false;
      const task = createTask(async () => {
        using permit = await condition.acquire();
        await permit.waitFor(() => isReady);
        return 'ready';
      });
      await turn();
      {
        using _permit = await condition.acquire();
        isReady = true;
        condition.notifyAll();
      }
      assert.equal(await task, 'ready');
    },
    'an aborted wait leaves no listener': async () => {
      const { getEventListeners } = await import('node:events');
      const controller = new AbortController();
      const waiting = new Event().wait({ signal: controller.signal });
      controller.abort(new Error('enough'));
      await assert.rejects(async () => await waiting, new Error('enough'));
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    },
  },
  queues: {
    'Queue: hands over in order, waits while full, ends loops when it is shut down': async () => {
      const queue = new Queue<number>({ maxSize: 2 });
      const produce = async () => {
        for (let n = 0; n < 20; n++) await queue.put(n);
        queue.shutdown();
      };
      const got: number[] = [];
      const consume = async () => {
        for await (const n of queue) got.push(n);
      };
      await gather([produce, consume]);
      assert.deepEqual(
        got,
        Array.from({ length: 20 }, (_, n) => n),
      );
      await assert.rejects(async () => await queue.get(), QueueShutDown);
    },
    'Queue: an item handed to a getter that is cancelled in the same turn is not lost':
      async () => {
        const queue = new Queue<string>();
        const task = createTask(() => queue.get());
        await turn();
        queue.tryPut('a');
        task.cancel();
        await assert.rejects(async () => await task, CancelledError);
        assert.equal(queue.tryGet(), 'a');
      },
    'PriorityQueue: the smallest first': async () => {
      const queue = new PriorityQueue<number>();
      for (const n of [3, 1, 2]) queue.tryPut(n);
      assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [1, 2, 3]);
    },
    'items passed to and fro let timers have their turn': async () => {
      const [there, back] = [new Queue<number>(), new Queue<number>()];
      let isOver = false;
      setTimeout(() => {
        isOver = true;
      }, 20);
      const answers = createTask(async () => {
        for await (const n of there) back.tryPut(n);
      });
      while (!isOver) {
        there.tryPut(1);
        await back.get();
      }
      there.shutdown();
      await answers;
    },
  },
  'timeouts, races, results as they come': {
    'timeout: ends what is late, cleanup included, and clears its timer': async () => {
      const trace: string[] = [];
      const late = timeout(5, async () => {
        try {
          await forever();
        } finally {
          await sleep(1);
          trace.push('cleaned');
        }
      });
      await assert.rejects(async () => await late, TimeoutError);
      assert.deepEqual(trace, ['cleaned']);
      assert.equal(await timeout(60_000, async () => 'in time'), 'in time');
    },
    'race: the losers have ended with it': async () => {
      const loser = createTask(forever);
      assert.equal(await race([async () => 'first', loser]), 'first');
      assert.equal(loser.cancelled(), true);
    },
    'asCompleted: for of, and for await': async () => {
      const work = [20, 1].map((ms) => async () => {
        await sleep(ms);
        return ms;
      });
      const [some, more]: [number[], number[]] = [[], []];
      for (const future of asCompleted(work)) some.push(await future);
      for await (const future of asCompleted(work)) more.push(future.result());
      assert.deepEqual(
        [some, more],
        [
          [1, 20],
          [1, 20],
        ],
      );
    },
    'mapAsCompleted: as many at a time as the limit says': async () => {
      let [now, most, sum] = [0, 0, 0];
      const work = async (n: number) => {
        most = Math.max(most, ++now);
        await sleep(1);
        now--;
        return n;
      };
      for await (const result of mapAsCompleted([1, 2, 3, 4, 5], work, { limit: 2 })) sum += result;
      assert.deepEqual([most, sum], [2, 15]);
    },
  },
};
