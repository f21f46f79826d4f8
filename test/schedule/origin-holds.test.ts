import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/task.ts';
import { OriginHolds } from '../../src/schedule/origin-holds.ts';
import { abortListeners, settle } from '../concurrency/support.ts';

const A = 'http://a.example';
const B = 'http://b.example';

test('OriginHolds: an origin is held for as long as it asked, and no other is', () => {
  let now = 100;
  const holds = new OriginHolds(() => now);
  holds.hold(A, 500);
  assert.deepEqual([holds.remaining(A), holds.remaining(B)], [500, 0]);
  now = 599;
  assert.equal(holds.remaining(A), 1);
  now = 600;
  assert.equal(holds.remaining(A), 0);
});

test('OriginHolds: the longest of several requests counts', () => {
  const holds = new OriginHolds(() => 0);
  holds.hold(A, 500);
  holds.hold(A, 200);
  assert.equal(holds.remaining(A), 500);
  holds.hold(A, 900);
  assert.equal(holds.remaining(A), 900);
});

test('OriginHolds: whoever waits learns that it is to be longer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const pass = async (ms: number) => {
    now += ms;
    t.mock.timers.tick(ms);
    await settle();
  };
  const holds = new OriginHolds(() => now);
  holds.hold(A, 100);
  let released = false;
  const waiting = holds.released(A, {}).then(() => {
    released = true;
  });
  await pass(50);
  holds.hold(A, 100);
  await pass(50);
  assert.equal(released, false);
  await pass(50);
  await waiting;
  assert.equal(released, true);
});

test('OriginHolds: an origin that is not held is not waited for', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const holds = new OriginHolds(() => 0);
  holds.hold(A, 500);
  holds.hold(B, 0);
  await holds.released(B, {});
});

test('OriginHolds: the wait ends with the signal, and leaves no listener', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const holds = new OriginHolds(() => 0);
  holds.hold(A, 60_000);
  const stop = new AbortController();
  const waiting = holds.released(A, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  assert.equal(abortListeners(stop.signal), 0);
});

test('OriginHolds: the wait ends with its task', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const holds = new OriginHolds(() => 0);
  holds.hold(A, 60_000);
  const task = createTask(() => holds.released(A, {}));
  await settle();
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
});
