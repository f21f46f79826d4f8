import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  ensureFuture,
  Future,
  Task,
} from '../../src/concurrency/index.ts';
import { settle, warningsDuring } from './support.ts';

test('ensureFuture: returns a future, or a task, as it is', async () => {
  const future = new Future<number>();
  const task = createTask(() => 1);
  assert.equal(ensureFuture(future), future);
  assert.equal(ensureFuture(task), task);
  await task;
});

test('ensureFuture: runs a function as a task', async () => {
  const future = ensureFuture(async () => 2);
  assert.ok(future instanceof Task);
  assert.equal(await future, 2);
});

test('ensureFuture: ends as a promise does, or anything else with a then', async () => {
  assert.equal(await ensureFuture(Promise.resolve(3)), 3);
  await assert.rejects(
    async () => await ensureFuture(Promise.reject(new Error('no'))),
    new Error('no'),
  );
  // biome-ignore lint/suspicious/noThenProperty: a thenable of another library
  const thenable: PromiseLike<number> = { then: (resolve) => Promise.resolve(4).then(resolve) };
  assert.equal(await ensureFuture(thenable), 4);
});

test('ensureFuture: makes the wait for a foreign promise one that cancellation interrupts', async () => {
  const foreign = Promise.withResolvers<number>();
  const task = createTask(async () => await ensureFuture(foreign.promise));
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  foreign.resolve(1);
  await settle();
});

test('ensureFuture: warns when a promise fails after its wait was cancelled', async () => {
  const foreign = Promise.withResolvers<number>();
  const future = ensureFuture(foreign.promise);
  future.cancel();
  const warnings = await warningsDuring(() => foreign.reject(new Error('too late')));
  assert.match(String(warnings[0]?.message), /failed after its wait was cancelled: too late/);
  assert.equal(warnings.length, 1);
});

test('ensureFuture: refuses any other value', () => {
  for (const value of ['text', 1, {}, undefined]) {
    assert.throws(() => ensureFuture(value as never), TypeError);
  }
});
