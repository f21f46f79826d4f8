import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportUnseenFailures } from '../../src/concurrency/failures.ts';
import { CancelledError, createTask, Future, gather, shield } from '../../src/concurrency/index.ts';
import { abortListeners, settle, warningsDuring } from './support.ts';

test('shield: ends as what is inside does', async () => {
  assert.equal(await shield(async () => 1), 1);
  await assert.rejects(
    async () => await shield(() => Promise.reject(new Error('no'))),
    new Error('no'),
  );
  const cancelled = new Future();
  const shielded = shield(cancelled);
  cancelled.cancel('inner');
  await assert.rejects(async () => await shielded, new CancelledError('inner'));
  assert.equal(shielded.cancelled(), true);
});

test('shield: of a future that is done is done', () => {
  const future = new Future<number>();
  future.setResult(1);
  assert.equal(shield(future).result(), 1);
});

test('shield: cancelled: what is inside goes on to its end', async () => {
  const inner = new Future<number>();
  const shielded = shield(inner);
  assert.equal(shielded.cancel(), true);
  inner.setResult(1);
  await settle();
  assert.equal(shielded.cancelled(), true);
  assert.equal(inner.result(), 1);
});

test('shield: lets a cancelled task be cancelled, and what it awaited run on', async () => {
  const inner = new Future<number>();
  const task = createTask(async () => await shield(inner));
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(inner.done(), false);
});

test('shield: a failure after its wait was cancelled surfaces as a warning', async () => {
  const inner = new Future();
  const shielded = shield(inner);
  shielded.cancel();
  const warnings = await warningsDuring(() => {
    inner.setException(new Error('behind the shield'));
    reportUnseenFailures();
  });
  assert.match(String(warnings[0]?.message), /behind the shield/);
});

test('shield: of a gather: cancelling the wait cancels none of it', async () => {
  const children = [new Future(), new Future()];
  const shielded = shield(gather(children));
  shielded.cancel();
  await settle();
  assert.ok(children.every((child) => !child.done()));
});

test('shield: aborted: fails with the reason, and leaves no listener', async () => {
  const inner = new Future();
  const controller = new AbortController();
  const shielded = shield(inner, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await shielded, new Error('enough'));
  assert.equal(inner.done(), false);
  assert.equal(abortListeners(controller.signal), 0);
  const again = shield(inner, { signal: controller.signal });
  await assert.rejects(async () => await again, new Error('enough'));
});
