// Alone: counts the timers and warnings of its process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reportUnseenFailures } from '../../src/concurrency/failures.ts';
import {
  CancelledError,
  createTask,
  mapAsCompleted,
  Queue,
  Semaphore,
  sleep,
  type Task,
} from '../../src/concurrency/index.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { abortListeners, settle, warningsDuring } from './support.ts';

/** What a task does, step by step. */
type Step =
  | { readonly do: 'turn' }
  | { readonly do: 'sleep'; readonly ms: number }
  /** Holds one semaphore, and perhaps the next one too, for so many sleeps. */
  | { readonly do: 'hold'; readonly which: number; readonly both: boolean; readonly sleeps: number }
  /** Waits for a task created earlier, so that no two wait for each other. */
  | { readonly do: 'join'; readonly back: number };

interface Script {
  readonly steps: readonly Step[];
  /** How many cancellations it catches and goes on from. */
  readonly refuses: number;
  readonly usesSignal: boolean;
}

/** What happens to the tasks from outside. */
type Action =
  | { readonly do: 'pass' }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'resize'; readonly which: number; readonly limit: number }
  | { readonly do: 'abort' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('turn' as const) }),
  fc.record({ do: fc.constant('sleep' as const), ms: fc.constantFrom(0, 1) }),
  fc.record({
    do: fc.constant('hold' as const),
    which: fc.nat(1),
    both: fc.boolean(),
    sleeps: fc.nat(2),
  }),
  fc.record({ do: fc.constant('join' as const), back: fc.integer({ min: 1, max: 3 }) }),
);
const script: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(step, { maxLength: 6 }),
  refuses: fc.nat(2),
  usesSignal: fc.boolean(),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('pass' as const) }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat(9) }),
  fc.record({ do: fc.constant('resize' as const), which: fc.nat(1), limit: fc.nat(3) }),
  fc.record({ do: fc.constant('abort' as const) }),
);

const MOST = 3;

/** A program while it runs, with what it counts. */
class Program {
  readonly semaphores = [new Semaphore(1), new Semaphore(2)] as const;
  readonly inside = [0, 0];
  readonly controller = new AbortController();
  readonly tasks: Task<void>[] = [];

  start(script: Script): void {
    const index = this.tasks.length;
    this.tasks.push(createTask(() => this.#play(script, index)));
  }

  act(action: Action): void {
    if (action.do === 'cancel') this.tasks[action.which % this.tasks.length]?.cancel();
    else if (action.do === 'resize') this.semaphores[action.which]?.resize(action.limit);
    else if (action.do === 'abort') this.controller.abort(new Error('aborted'));
  }

  async #play({ steps, refuses, usesSignal }: Script, index: number): Promise<void> {
    let left = refuses;
    for (const step of steps) {
      try {
        await this.#take(step, index, usesSignal ? { signal: this.controller.signal } : {});
      } catch (error) {
        if (error instanceof CancelledError && left-- === 0) throw error;
      }
    }
  }

  async #take(step: Step, index: number, options: { signal?: AbortSignal }): Promise<void> {
    if (step.do === 'turn') await null;
    else if (step.do === 'sleep') await sleep(step.ms, options);
    else if (step.do === 'join') await this.tasks[index - step.back];
    else await this.#hold(step.which, step.both, step.sleeps, options);
  }

  async #hold(
    which: number,
    both: boolean,
    sleeps: number,
    options: { signal?: AbortSignal },
  ): Promise<void> {
    using _permit = await this.semaphores[which as 0 | 1].acquire(options);
    this.inside[which] = (this.inside[which] ?? 0) + 1;
    try {
      assert.ok(this.inside[which] <= MOST, 'more inside than ever allowed');
      assert.ok(this.inside[which] <= this.semaphores[which as 0 | 1].held);
      if (both && which === 0) await this.#hold(1, false, sleeps, options);
      for (let n = 0; n < sleeps; n++) await sleep(0, options);
    } finally {
      this.inside[which]--;
    }
  }

  /** Lets it run out; everything that waits for a permit can have one in the end. */
  async end(): Promise<void> {
    for (const semaphore of this.semaphores) semaphore.resize(MOST);
    for (const task of this.tasks) await task.catch(() => {});
  }
}

test('any program of tasks, cancellations and semaphores: ends, loses no permit, and leaves no listener, no timer and no warning', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(script, { minLength: 1, maxLength: 10 }),
      fc.array(action, { maxLength: 20 }),
      async (scripts, actions) => {
        const timers = process.getActiveResourcesInfo().length;
        const program = new Program();
        const warnings = await warningsDuring(async () => {
          for (const each of scripts) program.start(each);
          for (const each of actions) {
            if (each.do === 'pass') await sleep(0);
            else program.act(each);
            await null;
          }
          await program.end();
          reportUnseenFailures();
        });
        assert.ok(program.tasks.every((task) => task.done()));
        for (const semaphore of program.semaphores) {
          assert.deepEqual([semaphore.held, semaphore.waiting], [0, 0]);
        }
        assert.deepEqual(program.inside, [0, 0]);
        assert.equal(abortListeners(program.controller.signal), 0);
        assert.deepEqual(warnings, []);
        assert.equal(process.getActiveResourcesInfo().length, timers);
      },
    ),
    propertyRuns(150),
  );
});

test('any semaphore: never has more inside than its limit, unless that was lowered below them', async () => {
  const operation = fc.oneof(
    fc.constant('acquire' as const),
    fc.constant('release' as const),
    fc.nat(4),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
      const semaphore = new Semaphore(2);
      const permits: Disposable[] = [];
      let held = 0;
      for (const each of operations) {
        if (each === 'acquire') void semaphore.acquire().then((permit) => permits.push(permit));
        else if (each === 'release') permits.shift()?.[Symbol.dispose]();
        else semaphore.resize(each);
        // More get in only while there is room, and no task waits meanwhile.
        assert.ok(semaphore.held <= Math.max(held, semaphore.limit));
        assert.ok(semaphore.locked || semaphore.waiting === 0);
        held = semaphore.held;
        await null;
        await null;
      }
    }),
    propertyRuns(200),
  );
});

test('any queue: hands over every item that was put exactly once, in order, to getters that are cancelled at will', async () => {
  const operation = fc.oneof(
    fc.constant('put' as const),
    fc.constant('get' as const),
    fc.record({ cancel: fc.nat(20) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (operations, maxSize) => {
        const queue = new Queue<number>({ maxSize });
        const put: number[] = [];
        const got: number[] = [];
        const tasks: Task<void>[] = [];
        let next = 0;
        for (const each of operations) {
          if (each === 'put') {
            const item = next++;
            tasks.push(createTask(() => queue.put(item).then(() => void put.push(item))));
          } else if (each === 'get') {
            tasks.push(createTask(() => queue.get().then((item) => void got.push(item))));
          } else tasks[each.cancel % Math.max(1, tasks.length)]?.cancel();
          await null;
          assert.ok(queue.size <= maxSize);
        }
        await settle();
        for (const task of tasks) task.cancel();
        await Promise.allSettled(tasks);
        while (!queue.empty) got.push(queue.tryGet() as number);
        assert.deepEqual(
          got,
          got.toSorted((a, b) => a - b),
        );
        assert.deepEqual(
          got,
          put.toSorted((a, b) => a - b),
        );
      },
    ),
    propertyRuns(150),
  );
});

test('any mapAsCompleted: has one result for each item, or cleans up when left, and gives all permits back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.nat(30), { nil: Number.POSITIVE_INFINITY }),
      async (turns, size, leaveAfter) => {
        const limit = new Semaphore(size);
        let running = 0;
        const work = async (sleeps: number, index: number) => {
          running++;
          assert.ok(running <= size);
          try {
            for (let n = 0; n < sleeps; n++) await sleep(0);
            return index;
          } finally {
            running--;
          }
        };
        const seen: number[] = [];
        for await (const index of mapAsCompleted(turns, work, { limit })) {
          if (seen.length === leaveAfter) break;
          seen.push(index);
        }
        assert.deepEqual([running, limit.held, limit.waiting], [0, 0, 0]);
        assert.equal(new Set(seen).size, seen.length);
        assert.equal(seen.length, Math.min(turns.length, leaveAfter));
      },
    ),
    propertyRuns(100),
  );
});
