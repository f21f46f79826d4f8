// The checks that run in each runtime. Prints one line of JSON for each. It uses no test runner and no
// mocks, as a runtime may lack them.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  allTasks,
  asCompleted,
  CancelledError,
  Condition,
  createTask,
  currentTask,
  Event,
  ensureFuture,
  Future,
  gather,
  Lock,
  mapAsCompleted,
  PriorityQueue,
  Queue,
  QueueShutDown,
  race,
  run,
  Semaphore,
  shield,
  sleep,
  TaskGroup,
  ThreadExecutor,
  TimeoutError,
  timeout,
  toThread,
  wait,
} from '../../src/concurrency/index.ts';

/** The result of a check. */
export interface CheckResult {
  readonly group: string;
  readonly name: string;
  /** Why it failed; undefined if it passed. */
  readonly failure?: string | undefined;
}

const LIMIT_MS = 5_000;

const forever = () => sleep(Number.POSITIVE_INFINITY);
const turn = () => new Promise<void>((done) => setTimeout(done, 2));

/** Cancels a task that runs `fn` once it is suspended. @returns its result, or the name of its error */
async function cancelled(fn: () => unknown): Promise<string> {
  const task = createTask(fn);
  await turn();
  task.cancel();
  try {
    return `${await task}`;
  } catch (error) {
    return (error as Error).name;
  }
}

async function warningsDuring(fn: () => unknown): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on('warning', listen);
  await fn();
  await turn();
  process.off('warning', listen);
  return warnings;
}

async function collectGarbage(): Promise<void> {
  const { Bun, gc } = globalThis as { Bun?: { gc(isSync: boolean): void }; gc?: () => void };
  for (let n = 0; n < 20; n++) {
    if (Bun === undefined) gc?.();
    else Bun.gc(true);
    await turn();
  }
}

// Functions of their own, so that no other stack frame keeps the future or task alive.

function dropFailure(): void {
  new Future().setException(new Error('lost'));
}

function dropTask(): void {
  createTask(() => new Promise(() => {}), { name: 'dropped' });
}

function hold(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

const GROUPS: Record<string, Record<string, () => unknown>> = {
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
  threads: {
    'toThread: a function by its text, and by module and name': async () => {
      assert.equal(await toThread((a: number, b: number) => a * b, 6, 7), 42);
      const named = { module: import.meta.url, name: 'named' };
      assert.equal(await toThread<typeof import('./checks.ts').named>(named, 1), 2);
    },
    'ThreadExecutor: a failure arrives with its class and its properties': async () => {
      await using threads = new ThreadExecutor({ maxThreads: 1 });
      const fails = () => {
        throw Object.assign(new RangeError('no'), { code: 'E_NO' });
      };
      const failure = threads.submit(fails, []);
      await assert.rejects(async () => await failure, { name: 'RangeError', code: 'E_NO' });
    },
    'ThreadExecutor: a shared flag ends a call, and what is moved is gone here': async () => {
      await using threads = new ThreadExecutor({ maxThreads: 1 });
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const spins = (cells: Int32Array) => Atomics.wait(cells, 0, 0, 4_000);
      const spinning = threads.submit(spins, [flag]);
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      assert.match(await spinning, /ok|not-equal/);
      const bytes = new Uint8Array([1, 2]);
      const first = threads.submit((list: Uint8Array) => list[0], [bytes], {
        transfer: [bytes.buffer],
      });
      assert.equal(bytes.length, 0);
      assert.equal(await first, 1);
    },
  },
  'warnings and debug mode': {
    'a failure that is never looked at is a warning when its future is collected': async () => {
      const warnings = await warningsDuring(async () => {
        dropFailure();
        await collectGarbage();
      });
      assert.match(warnings.join(), /lost.* was never retrieved: lost/);
    },
    'a task dropped before it finished is one': async () => {
      const main = async () => {
        for (let n = 0; n < 10; n++) dropTask();
        await collectGarbage();
      };
      const warnings = await warningsDuring(() => run(main, { debug: true }));
      assert.match(warnings.join(), /dropped before it finished/);
    },
    'a step that holds the event loop is one': async () => {
      const main = async () => {
        await sleep(1);
        hold(110);
        await sleep(1);
      };
      const warnings = await warningsDuring(() => run(main, { debug: true }));
      assert.match(warnings.join(), /held the event loop/);
    },
    'the stack of a cancellation tells where cancel() was called': async () => {
      const main = async () => {
        const future = new Future();
        function cancels(): void {
          future.cancel();
          // Not a tail call, which JavaScriptCore leaves out of the stack.
          assert.ok(future.done());
        }
        cancels();
        await (future as Future<unknown>).catch((error: unknown) => {
          assert.match((error as Error).stack ?? '', /cancels.*checks\.[jt]s/);
        });
      };
      await run(main, { debug: true });
    },
    'console.log shows tasks, locks and queues in a word': () => {
      assert.match(inspect(new Lock()), /^<Lock /);
      assert.match(inspect(new Queue()), /^<Queue /);
      assert.match(inspect(new Future()), /^<Future pending>$/);
    },
  },
};

/** Called on a thread by module and name. */
export function named(n: number): number {
  return n + 1;
}

async function check(group: string, name: string, fn: () => unknown): Promise<CheckResult> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`takes more than ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([fn(), limit]);
    return { group, name };
  } catch (error) {
    return { group, name, failure: `${error}`.split('\n').slice(0, 3).join(' ') };
  } finally {
    clearTimeout(timer);
  }
}

if (import.meta.main) {
  for (const [group, checks] of Object.entries(GROUPS)) {
    for (const [name, fn] of Object.entries(checks))
      console.log(JSON.stringify(await check(group, name, fn)));
  }
  process.exit(0);
}
