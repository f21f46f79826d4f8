import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportUnseenFailures } from '../../src/concurrency/failures.ts';
import {
  CancelledError,
  createTask,
  Event,
  Future,
  gather,
  shield,
} from '../../src/concurrency/index.ts';
import { abortListeners, forever, settle, warningsDuring } from './support.ts';

test('gather: gives the results in the order given, of futures, promises and functions', async () => {
  const future = new Future<string>();
  const gathered = gather([future, Promise.resolve(2), async () => true]);
  await settle();
  future.setResult('late');
  const [text, number, truth]: [string, number, boolean] = await gathered;
  assert.deepEqual([text, number, truth], ['late', 2, true]);
});

test('gather: takes any iterable, an empty one too', async () => {
  assert.deepEqual(await gather(new Set([async () => 1, async () => 2])), [1, 2]);
  assert.deepEqual(await gather([]), []);
  assert.equal(gather([]).done(), true);
});

test('gather: shares one future between the places it stands in', async () => {
  const task = createTask(() => 1);
  assert.deepEqual(await gather([task, task]), [1, 1]);
});

test('gather: fails with the first failure at once; the others go on', async () => {
  const other = new Future<string>();
  const gathered = gather([other, () => Promise.reject(new Error('first'))]);
  await assert.rejects(async () => await gathered, new Error('first'));
  assert.equal(other.done(), false);
});

test('gather: fails with a failure that is there already', async () => {
  const failed = new Future();
  failed.setException(new Error('before'));
  await assert.rejects(async () => await gather([new Future(), failed]), new Error('before'));
});

test('gather: swallows no later failure: it surfaces as a warning', async () => {
  const [a, b] = [new Future(), new Future()];
  const gathered = gather([a, b]);
  const warnings = await warningsDuring(async () => {
    a.setException(new Error('first'));
    b.setException(new Error('second'));
    await assert.rejects(async () => await gathered, new Error('first'));
    reportUnseenFailures();
  });
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.message), /second/);
});

test('gather: returnExceptions: puts failures and cancellations among the results', async () => {
  const cancelled = new Future();
  cancelled.cancel('x');
  const failing = () => Promise.reject(new Error('no'));
  const results = await gather([async () => 1, failing, cancelled], { returnExceptions: true });
  assert.deepEqual(results, [1, new Error('no'), new CancelledError('x')]);
});

test('gather: a child that is cancelled fails the whole with CancelledError', async () => {
  const [a, b] = [new Future(), new Future()];
  const gathered = gather([a, b]);
  a.cancel();
  await assert.rejects(async () => await gathered, CancelledError);
  assert.equal(gathered.cancelled(), false);
  assert.equal(b.done(), false);
});

test('gather: cancelled: cancels all children, and ends when their cleanup has', async () => {
  const release = new Event();
  const children = [1, 2].map(() =>
    createTask(async () => {
      try {
        await forever();
      } finally {
        await release.wait();
      }
    }),
  );
  const gathered = gather(children);
  await settle();
  assert.equal(gathered.cancel(), true);
  await settle();
  assert.equal(gathered.done(), false);
  release.set();
  await assert.rejects(async () => await gathered, CancelledError);
  assert.equal(gathered.cancelled(), true);
  assert.ok(children.every((child) => child.cancelled()));
  assert.equal(gathered.cancel(), false);
});

test('gather: cancelled: is cancelled even when a child refuses', async () => {
  const child = createTask(async () => {
    await forever().catch(() => {});
    return 'refused';
  });
  const gathered = gather([child], { returnExceptions: true });
  await settle();
  gathered.cancel();
  await assert.rejects(async () => await gathered, CancelledError);
  assert.equal(child.result(), 'refused');
});

test('gather: aborted: cancels all children, and fails with the reason when they have ended', async () => {
  const controller = new AbortController();
  const child = createTask(forever);
  const gathered = gather([child], { signal: controller.signal });
  await settle();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await gathered, new Error('enough'));
  assert.equal(child.cancelled(), true);
  assert.equal(abortListeners(controller.signal), 0);
});

test('gather: done: leaves no listener on the signal', async () => {
  const { signal } = new AbortController();
  const future = new Future();
  const gathered = gather([future], { signal });
  assert.equal(abortListeners(signal), 1);
  future.setResult(1);
  await gathered;
  assert.equal(abortListeners(signal), 0);
});

test('gather: of shields: cancelling it leaves what is inside alone', async () => {
  const inner = new Future();
  const gathered = gather([shield(inner)]);
  gathered.cancel();
  await assert.rejects(async () => await gathered, CancelledError);
  assert.equal(inner.done(), false);
});

test('gather: refuses to be cancelled once all children are done, in the same turn as well', async () => {
  const future = new Future<number>();
  const gathered = gather([future]);
  future.setResult(42);
  assert.equal(gathered.cancel(), false);
  assert.deepEqual(await gathered, [42]);
});

test('gather: given something of which no future can be made: throws, and what it started goes on', async () => {
  let ended = false;
  const start = () => {
    ended = true;
  };
  assert.throws(() => gather([start, {} as unknown as typeof start]), TypeError);
  await settle();
  assert.equal(ended, true);
});
