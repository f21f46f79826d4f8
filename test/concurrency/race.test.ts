import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  Event,
  Future,
  Queue,
  race,
  Semaphore,
} from '../../src/concurrency/index.ts';
import { abortListeners, forever, settle, warningsDuring } from './support.ts';

test('race: ends as the first does, with its result or its failure', async () => {
  const result: string | number = await race([async () => 'first', async () => 2]);
  assert.equal(result, 'first');
  const failed = race([forever(), async () => Promise.reject(new Error('first'))]);
  await assert.rejects(failed, new Error('first'));
  const cancelled = new Future<string>();
  const racing = race([forever(), cancelled]);
  cancelled.cancel('first');
  await assert.rejects(racing, new CancelledError('first'));
});

test('race: cancels the others, and ends when their cleanup has', async () => {
  const trace: string[] = [];
  const cleanup = new Event();
  const racing = race([
    async () => 'first',
    async () => {
      try {
        await forever();
      } finally {
        await cleanup.wait();
        trace.push('cleaned');
      }
    },
  ]);
  await settle();
  assert.equal(racing.done(), false);
  cleanup.set();
  assert.equal(await racing, 'first');
  assert.deepEqual(trace, ['cleaned']);
});

test('race: losers take no item and hold no permit, not even one on its way', async () => {
  const [queue, semaphore] = [new Queue<string>(), new Semaphore(1)];
  await race([Promise.resolve(), queue.get()]);
  await queue.put('item');
  const held = await semaphore.acquire();
  await race([Promise.resolve(), semaphore.acquire()]);
  held.release();
  const first = race([queue.get(), semaphore.acquire()]);
  assert.equal(await first, 'item');
  assert.deepEqual([queue.size, semaphore.held], [0, 0]);
});

test('race: cancelled or aborted: cancels all of them, and leaves no listener', async () => {
  const controller = new AbortController();
  const queue = new Queue<string>();
  const task = createTask(() => race([queue.get(), forever()]));
  const aborted = race([queue.get(), forever()], { signal: controller.signal });
  await settle();
  task.cancel('now');
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, new CancelledError('now'));
  await assert.rejects(aborted, new Error('enough'));
  assert.equal(abortListeners(controller.signal), 0);
  assert.equal(queue.tryPut('item') && queue.size, 1);
});

test('race: a failure of a loser surfaces as a warning', async () => {
  const warnings = await warningsDuring(async () => {
    const loser = async () => {
      await forever().catch(() => {});
      throw new Error('loser');
    };
    assert.equal(await race([loser, async () => 1]), 1);
    process.emit('beforeExit', 0);
  });
  assert.deepEqual(
    warnings.map(({ message }) => /never retrieved: loser/.test(message)),
    [true],
  );
});

test('race: of none: is a RangeError, since it would never end', async () => {
  await assert.rejects(race([]), RangeError);
});
