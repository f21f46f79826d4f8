import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CancelledError, createTask, Event } from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

test('Event: lets everyone who waits go on when set', async () => {
  const event = new Event();
  const waiting = Promise.all([event.wait(), event.wait()]);
  assert.equal(event.waiting, 2);
  event.set();
  await waiting;
  assert.deepEqual([event.isSet, event.waiting], [true, 0]);
});

test('Event: makes no call wait while it is set, and all after clear()', async () => {
  const event = new Event();
  event.set();
  await event.wait();
  event.clear();
  const later = event.wait();
  assert.equal(event.waiting, 1);
  event.set();
  await later;
});

test('Event: set and cleared in one turn: those who waited go on', async () => {
  const event = new Event();
  const waiting = event.wait();
  event.set();
  event.clear();
  await waiting;
  assert.equal(event.isSet, false);
});

test('Event: is left by a waiter that is cancelled or aborted', async () => {
  const event = new Event();
  const controller = new AbortController();
  const task = createTask(() => event.wait());
  const waiting = event.wait({ signal: controller.signal });
  await settle();
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(waiting, new Error('enough'));
  await assert.rejects(event.wait({ signal: controller.signal }), new Error('enough'));
  assert.deepEqual([event.waiting, abortListeners(controller.signal)], [0, 0]);
});

test('Event: reads well, also when logged', () => {
  assert.equal(inspect(new Event()), '<Event unset>');
  assert.equal(Object.prototype.toString.call(new Event()), '[object Event]');
  const event = new Event();
  void event.wait();
  assert.equal(String(event), '<Event unset waiting=1>');
  event.set();
  assert.equal(String(event), '<Event set>');
});
