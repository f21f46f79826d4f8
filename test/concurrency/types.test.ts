// What a TypeScript user sees. The compiler checks it; run, it shows that the types tell the truth.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asCompleted,
  type CompletedFuture,
  createTask,
  currentTask,
  type Deadline,
  ensureFuture,
  Future,
  gather,
  moveOnAfter,
  PriorityQueue,
  Queue,
  race,
  run,
  shield,
  sleep,
  type Task,
  TaskGroup,
  timeout,
  wait,
  waitFor,
} from '../../src/concurrency/index.ts';

/** Whether two types are the same. `any` is the same as nothing but `any`. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if the value is exactly of that type. */
function hasType<Expected>() {
  return <Actual>(_value: Actual, _same: Same<Actual, Expected>): void => {};
}

async function one(): Promise<number> {
  return 1;
}

async function letter(): Promise<string> {
  return 'a';
}

test('createTask: the task is of what its function gives, awaited', async () => {
  const task = createTask(one);
  hasType<Task<number>>()(task, true);
  hasType<number>()(await task, true);
  hasType<number>()(task.result(), true);
  hasType<string>()(await createTask(() => 'at once'), true);
  hasType<string>()(await createTask(() => createTask(letter)), true);
  hasType<Task<unknown> | undefined>()(currentTask(), true);
  hasType<number>()(await run(one), true);
});

test('createTask: takes no promise, whose function runs already', () => {
  // @ts-expect-error: what runs already cannot be made a task
  assert.throws(() => createTask(one()), TypeError);
});

test('wait: is of the futures it was given, and takes no functions', async () => {
  const tasks = [createTask(one)];
  const { done, pending } = await wait(tasks);
  hasType<Set<Task<number>>>()(done, true);
  hasType<Set<Task<number>>>()(pending, true);
  // @ts-expect-error: a function is no future
  await assert.rejects(async () => await wait([one]), TypeError);
});

test('gather: of an array literal is a tuple, of any other an array', async () => {
  const [n, text, flag] = await gather([one, letter(), createTask(() => true)]);
  hasType<number>()(n, true);
  hasType<string>()(text, true);
  hasType<boolean>()(flag, true);
  hasType<number[]>()(await gather(new Set([one])), true);
  hasType<number[]>()(await gather([1, 2].map((each) => async () => each)), true);
  hasType<unknown[]>()(await gather([one], { returnExceptions: true }), true);
});

test('race: is of any of the results', async () => {
  const first = race([one, async () => true, createTask(letter)]);
  hasType<Future<number | boolean | string>>()(first, true);
  await first;
  hasType<number>()(await race(new Set([one])), true);
});

test('timeout: is of what it was given, a function, a promise or a wait', async () => {
  const queue = new Queue<string>();
  queue.tryPut('a');
  hasType<number>()(await timeout(1_000, one), true);
  hasType<number>()(await timeout(1_000, one()), true);
  hasType<string>()(await timeout(1_000, queue.get()), true);
  hasType<void>()(await timeout(1_000, sleep(0)), true);
  hasType<number>()(await waitFor(one, 1_000), true);
  hasType<number | undefined>()(await moveOnAfter(1_000, one), true);
  const passes = async (deadline: Deadline) => deadline.expired;
  hasType<boolean>()(await timeout(1_000, passes), true);
  hasType<boolean>()(await timeout(1_000, async (deadline) => deadline.expired), true);
});

test('asCompleted: of functions of several kinds, gives futures of any of the results', async () => {
  for (const future of asCompleted([one, letter])) {
    hasType<Future<number | string>>()(future, true);
    hasType<number | string>()(await future, true);
  }
  for await (const future of asCompleted([one, letter])) {
    hasType<CompletedFuture<number | string>>()(future, true);
    hasType<number | string>()(future.result(), true);
  }
  for await (const future of asCompleted(new Set([createTask(one)])))
    hasType<number>()(future.result(), true);
});

test('Queue, PriorityQueue: are of their items', async () => {
  const queue = new Queue<number>();
  hasType<boolean>()(queue.tryPut(1), true);
  hasType<number>()(await queue.get(), true);
  hasType<number | undefined>()(queue.tryGet(), true);
  // @ts-expect-error: not an item of this queue
  queue.tryPut('a');
  queue.shutdown({ immediate: true });
  for await (const item of queue) hasType<number>()(item, true);

  const ordered = new PriorityQueue<readonly [number, string]>();
  ordered.tryPut([1, 'a']);
  hasType<readonly [number, string]>()(await ordered.get(), true);
  // @ts-expect-error: objects have no order
  new PriorityQueue<{ n: number }>();
  new PriorityQueue<{ n: number }>({ compare: (a, b) => a.n - b.n });
});

test('Future: one of a narrower type is one of a wider type', async () => {
  const narrow: Future<'a'> = ensureFuture(async () => 'a' as const);
  const wide: Future<string> = narrow;
  hasType<string>()(await wide, true);
  hasType<number>()(await wide.then((text) => text.length), true);
  hasType<'a'>()(await shield(narrow), true);
  hasType<string>()(await Promise.race([wide]), true);
  assert.ok(wide instanceof Future);
});

test('TaskGroup: its tasks are of their functions, run() is of its body', async () => {
  await using group = new TaskGroup();
  hasType<Task<number>>()(group.createTask(one), true);
  hasType<string>()(await TaskGroup.run((inner) => inner.createTask(letter)), true);
});
