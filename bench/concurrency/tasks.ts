// Tasks: 10,000 are created, get to a wait, are cancelled, and are awaited to their end.
//
//     npm run bench:concurrency
import { Effect, Fiber } from 'effect';
import { type Task as Operation, run as runEffection, spawn, suspend } from 'effection';
import { createTask, Event, sleep, TaskGroup, wait } from '../../src/concurrency/index.ts';
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
