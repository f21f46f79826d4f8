import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Scheduler } from '../../src/schedule/scheduler.ts';
import { abortListeners, settle } from '../concurrency/support.ts';

const A = 'http://a';
const B = 'http://b';

/** A scheduler by a clock that the test turns forward, and who was let in by it, in order. */
function setUp(t: TestContext, maxRequests: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const scheduler = new Scheduler({ maxRequests, now: () => now });
  const admitted: string[] = [];
  return {
    scheduler,
    admitted,
    async admit(origin: string, name: string) {
      const permit = await scheduler.admit(origin, {});
      admitted.push(name);
      return permit;
    },
    async pass(ms: number) {
      now += ms;
      t.mock.timers.tick(ms);
      await settle();
    },
  };
}

for (const maxRequests of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`Scheduler: refuses ${maxRequests} requests`, () => {
    assert.throws(() => new Scheduler({ maxRequests }), RangeError);
  });
}

test('Scheduler: says which option is out of bounds', () => {
  assert.throws(() => new Scheduler({ maxRequests: 0 }), {
    message: 'maxRequests must be a whole number >= 1, not 0',
  });
});

test('admit: lets in as many as may be in flight, the others in the order they came', async (t) => {
  const { admit, admitted } = setUp(t, 2);
  const admissions = ['0', '1', '2', '3'].map((name) => admit(A, name));
  const [first, second] = await Promise.all(admissions.slice(0, 2));
  await settle();
  assert.deepEqual(admitted, ['0', '1']);
  second?.release();
  await settle();
  assert.deepEqual(admitted, ['0', '1', '2']);
  first?.release();
  await settle();
  assert.deepEqual(admitted, ['0', '1', '2', '3']);
});

test('admit: a wait that its signal ends takes no place and leaves no listener', async () => {
  const scheduler = new Scheduler({ maxRequests: 1 });
  const permit = await scheduler.admit(A, {});
  const stopping = new AbortController();
  const waiting = scheduler.admit(A, { signal: stopping.signal });
  await settle();
  const next = scheduler.admit(A, {});
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, { message: 'stopped' });
  assert.equal(abortListeners(stopping.signal), 0);
  permit.release();
  (await next).release();
});

test('admit: nobody is let in once stopped, though there is room', async () => {
  const scheduler = new Scheduler({ maxRequests: 1 });
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(scheduler.admit(A, { signal }), { message: 'stopped' });
  using _permit = await scheduler.admit(A, {});
});

test('holdBack: nobody is let in to that origin until then, and others are', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  scheduler.holdBack(A, 500);
  admit(A, 'a');
  // Though it came later: who waits for an origin takes no place from those who do not.
  (await admit(B, 'b')).release();
  await pass(499);
  assert.deepEqual(admitted, ['b']);
  await pass(1);
  assert.deepEqual(admitted, ['b', 'a']);
});

test('holdBack: those who wait for their turn by then are held as well, and take no place', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  const permit = await admit(A, 'a1');
  admit(A, 'a2');
  admit(A, 'a3');
  admit(B, 'b');
  await settle();
  scheduler.holdBack(A, 500);
  permit.release();
  await settle();
  assert.deepEqual(admitted, ['a1', 'b']);
  await pass(499);
  assert.deepEqual(admitted, ['a1', 'b']);
});

test('holdBack: those held go on in their order, no more at a time than otherwise', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 2);
  scheduler.holdBack(A, 500);
  const admissions = ['0', '1', '2'].map((name) => admit(A, name));
  await pass(500);
  assert.deepEqual(admitted, ['0', '1']);
  (await admissions[0])?.release();
  await settle();
  assert.deepEqual(admitted, ['0', '1', '2']);
});

test('holdBack: one that asks for longer meanwhile holds those who wait already', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  scheduler.holdBack(A, 500);
  admit(A, 'a');
  await pass(400);
  scheduler.holdBack(A, 500);
  await pass(499);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('holdBack: a wait that its signal ends leaves no listener, and no timer', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  scheduler.holdBack(A, 500);
  const stopping = new AbortController();
  const waiting = scheduler.admit(A, { signal: stopping.signal });
  await settle();
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, { message: 'stopped' });
  assert.equal(abortListeners(stopping.signal), 0);
  await pass(500);
  await admit(A, 'a');
  assert.deepEqual(admitted, ['a']);
});
