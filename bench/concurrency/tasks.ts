// Tasks: 10,000 are created, get to a wait, are cancelled, and are awaited to their end. And two tasks
// that pass an item to and fro, each waiting for the other.
//
//     npm run bench:concurrency
import { Effect, Queue as EffectQueue, Fiber } from 'effect';
import { type Task as Operation, run as runEffection, spawn, suspend } from 'effection';
import {
  createTask,
  Event,
  gather,
  Queue,
  sleep,
  TaskGroup,
  wait,
} from '../../src/concurrency/index.ts';
import { compare } from './compare.ts';

const TASKS = 10_000;

await compare('create + cancel + await', TASKS, [
  [
    'flaghoist Task, cancelled one by one',
    async () => {
      const event = new Event();
      const tasks = Array.from({ length: TASKS }, () => createTask(() => event.wait()));
      await sleep(0);
      for (const task of tasks) task.cancel();
      await wait(tasks);
    },
  ],
  [
    'flaghoist TaskGroup, cancelled at once',
    async () => {
      const event = new Event();
      await using group = new TaskGroup();
      for (let n = 0; n < TASKS; n++) group.createTask(() => event.wait());
      await sleep(0);
      group.cancel();
    },
  ],
  [
    'Effect fiber, interrupted one by one',
    () =>
      Effect.runPromise(
        Effect.gen(function* () {
          const fibers: Fiber.Fiber<never>[] = [];
          for (let n = 0; n < TASKS; n++) fibers.push(yield* Effect.forkChild(Effect.never));
          yield* Effect.yieldNow;
          for (const fiber of fibers) yield* Fiber.interrupt(fiber);
        }),
      ),
  ],
  [
    'Effect fiber, all interrupted at once',
    () =>
      Effect.runPromise(
        Effect.gen(function* () {
          const fibers: Fiber.Fiber<never>[] = [];
          for (let n = 0; n < TASKS; n++) fibers.push(yield* Effect.forkChild(Effect.never));
          yield* Effect.yieldNow;
          yield* Fiber.interruptAll(fibers);
        }),
      ),
  ],
  [
    'Effection task',
    () =>
      runEffection(function* () {
        const tasks: Operation<void>[] = [];
        for (let n = 0; n < TASKS; n++) tasks.push(yield* spawn(suspend));
        for (const task of tasks) yield* task.halt();
      }),
  ],
]);

const ITEMS = 10_000;

await compare('an item passed to and fro', 2 * ITEMS, [
  [
    'flaghoist Queue',
    async () => {
      const [there, back] = [new Queue<number>(), new Queue<number>()];
      await gather([
        async () => {
          for (let n = 0; n < ITEMS; n++) {
            there.tryPut(n);
            await back.get();
          }
        },
        async () => {
          for (let n = 0; n < ITEMS; n++) back.tryPut(await there.get());
        },
      ]);
    },
  ],
  [
    'Effect Queue',
    () =>
      Effect.runPromise(
        Effect.gen(function* () {
          const there = yield* EffectQueue.unbounded<number>();
          const back = yield* EffectQueue.unbounded<number>();
          const answers = yield* Effect.forkChild(
            Effect.gen(function* () {
              for (let n = 0; n < ITEMS; n++)
                yield* EffectQueue.offer(back, yield* EffectQueue.take(there));
            }),
          );
          for (let n = 0; n < ITEMS; n++) {
            yield* EffectQueue.offer(there, n);
            yield* EffectQueue.take(back);
          }
          yield* Fiber.join(answers);
        }),
      ),
  ],
]);

/** How late a timer comes while tasks keep the microtask queue busy, in ms. */
async function lateness(): Promise<number> {
  const [queue, ms] = [new Queue<number>(), 5];
  let firedAt: number | undefined;
  const due = performance.now() + ms;
  setTimeout(() => {
    firedAt = performance.now();
  }, ms);
  while (firedAt === undefined) {
    queue.tryPut(1);
    await queue.get();
  }
  return firedAt - due;
}

let most = 0;
for (let n = 0; n < 20; n++) most = Math.max(most, await lateness());
console.log(`\nA timer, while items are ready all the time: up to ${most.toFixed(1)} ms late`);
