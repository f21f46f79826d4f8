import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completion } from '../../src/concurrency/completion.ts';
import { CancelledError, createTask, Future } from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

test('completion: ends when the future is done, however that ended', async () => {
  for (const end of ['setResult', 'cancel'] as const) {
    const future = new Future<string | undefined>();
    const waiting = completion(future);
    future[end]('x');
    await waiting;
  }
  const failed = new Future();
  const waiting = completion(failed);
  failed.setException(new Error('no'));
  await waiting;
  await completion(failed);
  failed.exception();
});

test('completion: cancelled or aborted: leaves the future alone', async () => {
  const future = new Future();
  const controller = new AbortController();
  const task = createTask(() => completion(future));
  const waiting = completion(future, { signal: controller.signal });
  await settle();
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(waiting, new Error('enough'));
  assert.equal(future.done(), false);
  assert.equal(abortListeners(controller.signal), 0);
});
