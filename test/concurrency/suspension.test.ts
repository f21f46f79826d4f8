import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, createTask, Event } from '../../src/concurrency/index.ts';
import { Suspension } from '../../src/concurrency/suspension.ts';
import { abortListeners, collectGarbageUntil, settle } from './support.ts';

class Probe extends Suspension<string> {
  abandoned = 0;
  readonly returned: string[] = [];

  protected override abandon(): void {
    this.abandoned++;
  }

  protected override giveBack(value: string): void {
    this.returned.push(value);
  }
}

test('Suspension: ends once, with what came first', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const resumed = new Probe();
  const waiting = resumed.begin(signal);
  resumed.resume('first');
  resumed.resume('second');
  resumed.fail(new Error('late'));
  controller.abort();
  assert.equal(await waiting, 'first');
  assert.equal(resumed.interrupt(new CancelledError()), false);
  assert.deepEqual([resumed.abandoned, resumed.returned], [0, []]);
  assert.equal(abortListeners(signal), 0);
});

test('Suspension: interrupted in the turn in which it was resumed: gives its value back', async () => {
  const probe = new Probe();
  const waiting = probe.begin(undefined);
  probe.resume('value');
  assert.equal(probe.interrupt(new CancelledError('now')), true);
  await assert.rejects(waiting, new CancelledError('now'));
  assert.deepEqual([probe.abandoned, probe.returned], [0, ['value']]);
});

test('Suspension: fails with the failure of what it waits for, which needs no abandoning', async () => {
  const { signal } = new AbortController();
  const probe = new Probe();
  const task = createTask(() => probe.begin(signal));
  await settle();
  probe.fail(new Error('broken'));
  await assert.rejects(async () => await task, new Error('broken'));
  assert.deepEqual([probe.abandoned, abortListeners(signal)], [0, 0]);
});

test('Suspension: interrupted or aborted: is abandoned once', async () => {
  const controller = new AbortController();
  const [interrupted, aborted] = [new Probe(), new Probe()];
  const task = createTask(() => interrupted.begin(controller.signal));
  const waiting = aborted.begin(controller.signal);
  await settle();
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(waiting, new Error('enough'));
  assert.deepEqual([interrupted.abandoned, aborted.abandoned], [1, 1]);
});

test('Suspension: interrupted while nothing awaits it: is no unhandled rejection', async () => {
  const probe = new Probe();
  const task = createTask(async () => {
    // Meant for later, but the cancellation comes before that.
    void probe.begin(undefined);
    await Promise.resolve();
  });
  await settle();
  assert.equal(probe.interrupt(new CancelledError()), true);
  // Unhandled, it would fail the test by now.
  await new Promise(setImmediate);
  await task;
  assert.equal(probe.abandoned, 1);
});

test('Suspension: is kept alive by no task once it is over', async () => {
  const release = new Event();
  let ref: WeakRef<Probe> | undefined;
  const wait = async () => {
    const probe = new Probe();
    ref = new WeakRef(probe);
    probe.resume('value');
    await probe;
  };
  const task = createTask(async () => {
    await wait();
    await release.wait();
  });
  await settle();
  await collectGarbageUntil(() => ref?.deref() === undefined);
  release.set();
  await task;
});

test('Suspension: belongs to the task that awaits it', async () => {
  const probe = new Probe();
  const task = createTask(async () => await probe);
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(probe.abandoned, 1);
});
