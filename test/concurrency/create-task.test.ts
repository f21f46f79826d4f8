import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { createTask, Future, gather, sleep } from '../../src/concurrency/index.ts';
import { forever, settle } from './support.ts';

test('createTask: starts the function soon, not at once, in the order created', async () => {
  const order: string[] = [];
  const first = createTask(() => void order.push('first'));
  const second = createTask(() => void order.push('second'));
  assert.deepEqual(order, []);
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
});

test('createTask: takes functions that return a value, a promise, or a future', async () => {
  const future = new Future<number>();
  future.setResult(3);
  assert.equal(await createTask(() => 1), 1);
  assert.equal(await createTask(async () => 2), 2);
  assert.equal(await createTask(() => future), 3);
});

test('createTask: fails as the function does, thrown or rejected', async () => {
  const thrown = createTask(() => {
    throw new RangeError('thrown');
  });
  const rejected = createTask(() => Promise.reject(new RangeError('rejected')));
  await assert.rejects(async () => await thrown, new RangeError('thrown'));
  await assert.rejects(async () => await rejected, new RangeError('rejected'));
  assert.equal(thrown.cancelled(), false);
});

test('createTask: numbers the names, or takes the one given, and reads well', async () => {
  async function supervise() {}
  const task = createTask(supervise);
  const next = createTask(forever, { name: 'next' });
  assert.match(String(task), /^<Task pending name='Task-\d+' fn=supervise>$/);
  await task;
  assert.match(String(task), /^<Task finished name='Task-\d+' result=undefined>$/);
  next.cancel();
  assert.equal(String(next), "<Task cancelling name='next' fn=forever>");
  await settle();
  assert.equal(String(next), "<Task cancelled name='next'>");
});

test('createTask: keeps other async contexts', async () => {
  const context = new AsyncLocalStorage<string>();
  const task = context.run('mine', () =>
    createTask(async () => {
      await null;
      return context.getStore();
    }),
  );
  assert.equal(await task, 'mine');
});

test('createTask: takes a function, and says so', () => {
  const spin = async () => 1;
  assert.throws(
    () => createTask(spin() as unknown as () => number),
    /^TypeError: createTask\(\) takes a function to run, as in createTask\(\(\) => work\(\)\), not a promise, whose/,
  );
  assert.throws(() => createTask(123 as unknown as () => number), /not 123$/);
});

test('createTask: keeps changes of the async context to the task that makes them', async () => {
  const context = new AsyncLocalStorage<number>();
  const seen: unknown[] = [];
  await context.run(0, async () => {
    const tasks = [1, 2, 3].map((number) =>
      createTask(async () => {
        seen.push(context.getStore());
        context.enterWith(number);
        await sleep(0);
        seen.push(context.getStore());
      }),
    );
    context.enterWith(-1);
    await gather(tasks);
    seen.push(context.getStore());
  });
  assert.deepEqual(seen, [0, 0, 0, 1, 2, 3, -1]);
});
