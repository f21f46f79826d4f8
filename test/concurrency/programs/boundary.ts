// A program for boundary.test.ts: one case by its name. What it prints is its outcome.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createTask,
  currentTask,
  Event,
  Future,
  gather,
  Queue,
  run,
  Semaphore,
  sleep,
  TaskGroup,
  type TimeoutError,
  timeout,
  wait,
} from '../../../src/concurrency/index.ts';

const foreign = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
const forever = () => sleep(Number.POSITIVE_INFINITY);
const say = (...words: unknown[]) => console.log(...words);
const nameOf = (error: unknown) => (error as Error).name;

/** Serves `handle` inside of the running task, and asks it once. */
async function ask(handle: () => Promise<unknown>): Promise<{ answer: Promise<string> }> {
  const server = createServer(async (_request, response) => response.end(String(await handle())));
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = fetch(`http://localhost:${port}`).then((response) => response.text());
  return { answer: answer.finally(() => server.close()) };
}

const cases: Record<string, () => Promise<unknown>> = {
  /** The process ends at once, though the inner waits are for an hour. */
  async 'waits given up'() {
    const hour = 3_600_000;
    const late = [
      timeout(10, sleep(hour)),
      timeout(10, new Queue().get()),
      timeout(10, timeout(hour, sleep(hour))),
      timeout(10, gather([sleep(hour)])),
      timeout(10, gather([timeout(hour, new Event().wait())])),
      timeout(10, () => sleep(hour)),
    ];
    const results = await Promise.allSettled(late);
    say(...results.map((result) => nameOf((result as { reason: TimeoutError }).reason)));
  },

  async 'a handler is not main'() {
    const controller = new AbortController();
    let answer: Promise<string> | undefined;
    const main = run(
      async () => {
        const asked = await ask(async () => {
          await foreign(20);
          await sleep(60);
          return currentTask();
        });
        answer = asked.answer;
        await foreign(30);
        controller.abort(new Error('enough'));
        await foreign(1);
        await sleep(0);
      },
      { signal: controller.signal },
    );
    say(await main.catch((error: Error) => error.message));
    say('handler:', await answer);
  },

  async 'a timer is not main'() {
    await run(async () => {
      const seen = Promise.withResolvers<unknown>();
      setTimeout(() => seen.resolve(currentTask()), 1);
      say('timer:', await seen.promise);
      say('main:', String(currentTask()));
    });
  },

  async 'a task of a handler belongs to the run'() {
    const trace: string[] = [];
    await run(async () => {
      const asked = await ask(async () => {
        createTask(async () => {
          try {
            await forever();
          } finally {
            trace.push('cleaned');
          }
        });
        return 'answer';
      });
      say(await asked.answer);
    });
    say(...trace);
  },

  async 'an async call that nothing awaits'() {
    const helper = async () => {
      await forever();
    };
    const task = createTask(async () => {
      void helper();
      await forever();
    });
    await foreign(1);
    task.cancel();
    say(await task.catch(nameOf));
  },

  async 'a rejection of its own'() {
    void run(async () => {
      void Promise.reject(new Error('mine'));
      await foreign(50);
      say('not reached');
    });
  },

  async 'a failure before the first await'() {
    createTask(async () => {
      throw new Error('early');
    });
  },

  async 'a group whose block returns what failed'() {
    for (const all of [Promise.all, Promise.race, Promise.any, Promise.allSettled]) {
      const main = async () => {
        await using group = new TaskGroup();
        const tasks = ['a', 'b'].map((name) =>
          group.createTask(async () => {
            await sleep(0);
            if (name === 'a') throw new Error('child');
            await forever();
          }),
        );
        return all.call(Promise, tasks);
      };
      say(await run(main).catch(String));
      // Also outside of run().
      say(await createTask(main).catch(String));
    }
  },

  async 'timers behind tasks that hand items over'() {
    const queue = new Queue<number>({ maxSize: 1 });
    const semaphore = new Semaphore(1);
    const start = performance.now();
    const isOver = () => performance.now() - start > 1_000;
    const tasks = [
      async () => {
        while (!isOver()) await queue.put(1);
      },
      async () => {
        while (!isOver()) await queue.get();
      },
      async () => {
        while (!isOver()) {
          using _permit = await semaphore.acquire();
        }
      },
      async () => {
        while (!isOver()) await wait([createTask(() => 1)]);
      },
      async () => {
        while (!isOver()) {
          const future = new Future<number>();
          createTask(() => future.setResult(1));
          await future;
        }
      },
    ].map((fn) => createTask(fn));
    const late = await timeout(50, forever()).catch(() => performance.now() - start);
    say(Number(late) < 500 ? 'in time' : `after ${late} ms`);
    for (const task of tasks) task.cancel();
    await Promise.allSettled(tasks);
  },

  async 'long chains'() {
    const chain = (depth: number): Promise<unknown> =>
      depth === 0 ? forever() : createTask(() => chain(depth - 1));
    const timeouts = (depth: number): Promise<unknown> =>
      depth === 0 ? forever() : timeout(1e6, () => timeouts(depth - 1));
    const gathers = (depth: number): Promise<unknown> =>
      depth === 0 ? forever() : gather([() => gathers(depth - 1)]);
    const works = [
      () => chain(5_000),
      () => timeouts(2_000),
      () => gathers(2_000),
      () => gather(Array.from({ length: 5_000 }, () => forever)),
      () => gather(Array.from({ length: 5_000 }, () => forever())),
      () => Promise.all(Array.from({ length: 5_000 }, forever)),
    ];
    for (const work of works) {
      const task = createTask(async () => await work());
      await foreign(100);
      task.cancel();
      say(await task.catch(nameOf));
    }
  },
};

const name = process.argv[2] ?? '';
if (cases[name] === undefined) throw new Error(`no case ${name}`);
await cases[name]();
