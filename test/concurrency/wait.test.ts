import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALL_COMPLETED,
  CancelledError,
  createTask,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  wait,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

function threeFutures(): [Future<string>, Future<string>, Future<string>] {
  return [new Future(), new Future(), new Future()];
}

/** Whether `promise` is settled, once all that is ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => (settled = true));
  await settle();
  return settled;
}

test('wait: ALL_COMPLETED, the default: returns when all are done, failed and cancelled ones too', async () => {
  for (const options of [{}, { returnWhen: ALL_COMPLETED } as const]) {
    const [a, b, c] = threeFutures();
    const waiting = wait([a, b, c], options);
    a.setResult('a');
    b.setException(new Error('b'));
    assert.equal(await isSettled(waiting), false);
    c.cancel();
    assert.deepEqual(await waiting, { done: new Set([a, b, c]), pending: new Set() });
    b.exception();
  }
});

test('wait: FIRST_COMPLETED: returns when any is done', async () => {
  const [a, b, c] = threeFutures();
  const waiting = wait([a, b, c], { returnWhen: FIRST_COMPLETED });
  b.setResult('b');
  assert.deepEqual(await waiting, { done: new Set([b]), pending: new Set([a, c]) });
});

test('wait: FIRST_COMPLETED: tells of all that are done by then', async () => {
  const [a, b, c] = threeFutures();
  const waiting = wait([a, b, c], { returnWhen: FIRST_COMPLETED });
  b.setResult('b');
  a.setResult('a');
  const { done } = await waiting;
  assert.deepEqual([...done], [a, b]);
});

test('wait: FIRST_EXCEPTION: a result or a cancellation is not enough, a failure is', async () => {
  const [a, b, c] = threeFutures();
  const waiting = wait([a, b, c], { returnWhen: FIRST_EXCEPTION });
  a.setResult('a');
  assert.equal(await isSettled(waiting), false);
  b.setException(new Error('b'));
  assert.deepEqual(await waiting, { done: new Set([a, b]), pending: new Set([c]) });
  b.exception();
  const [d, e] = threeFutures();
  const again = wait([d, e], { returnWhen: FIRST_EXCEPTION });
  d.cancel();
  assert.equal(await isSettled(again), false);
  e.setResult('e');
  assert.equal((await again).done.size, 2);
});

test('wait: returns at once when it is over already, in each mode', async () => {
  const [a, b] = threeFutures();
  a.setException(new Error('a'));
  for (const returnWhen of [FIRST_COMPLETED, FIRST_EXCEPTION] as const) {
    assert.deepEqual([...(await wait([a, b], { returnWhen })).done], [a]);
  }
  assert.deepEqual([...(await wait([a])).done], [a]);
  a.exception();
});

test('wait: refuses empty input', async () => {
  await assert.rejects(wait([]), RangeError);
});

test('wait: takes any iterable, and one future twice as one', async () => {
  const [a, b] = threeFutures();
  a.setResult('a');
  b.setResult('b');
  const { done } = await wait(new Set([a, b]).values());
  assert.deepEqual([...done], [a, b]);
  assert.equal((await wait([a, a])).done.size, 1);
});

test('wait: timeout: returns what is done by then and cancels nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [a, b] = threeFutures();
  const waiting = wait([a, b], { timeout: 50 });
  a.setResult('a');
  t.mock.timers.tick(49);
  assert.equal(await isSettled(waiting), false);
  t.mock.timers.tick(1);
  assert.deepEqual(await waiting, { done: new Set([a]), pending: new Set([b]) });
  assert.equal(b.done(), false);
});

test('wait: timeout of 0: lets what is ready run, then returns', async () => {
  const ready = createTask(() => 'ready');
  const never = new Future<string>();
  const { done, pending } = await wait([ready, never], { timeout: 0 });
  assert.deepEqual([[...done], [...pending]], [[ready], [never]]);
});

test('wait: timeout not needed: leaves no timer', async () => {
  const [a] = threeFutures();
  const before = process.getActiveResourcesInfo().length;
  const waiting = wait([a], { timeout: 100_000 });
  a.setResult('a');
  await waiting;
  assert.equal(process.getActiveResourcesInfo().length, before);
});

test('wait: cancelled or aborted: cancels nothing else', async () => {
  const [a] = threeFutures();
  const controller = new AbortController();
  const task = createTask(() => wait([a], { timeout: 100_000 }));
  const waiting = wait([a], { signal: controller.signal });
  await settle();
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(waiting, new Error('enough'));
  assert.equal(a.done(), false);
  assert.equal(abortListeners(controller.signal), 0);
});

test('wait: timeout in the turn of a completion: what is done is done', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [a, b] = threeFutures();
  setTimeout(() => a.setResult('a'), 50);
  const waiting = wait([b, a], { timeout: 50 });
  t.mock.timers.tick(50);
  assert.deepEqual(await waiting, { done: new Set([a]), pending: new Set([b]) });
});

test('wait: refuses a future in place of futures', async () => {
  const [a] = threeFutures();
  await assert.rejects(wait(a as unknown as Future<string>[]), TypeError);
});
