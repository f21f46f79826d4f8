import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Scheduler } from '../../src/schedule/scheduler.ts';

for (const maxRequests of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`Scheduler: refuses ${maxRequests} requests`, () => {
    assert.throws(() => new Scheduler({ maxRequests }), RangeError);
  });
}

test('Scheduler: says which option is out of bounds', () => {
  assert.throws(() => new Scheduler({ maxRequests: 0 }), {
    message: 'maxRequests must be >= 1, not 0',
  });
});

test('admit: lets in as many as may be in flight, the others in the order they came', async () => {
  const scheduler = new Scheduler({ maxRequests: 2 });
  const admitted: number[] = [];
  const admissions = [0, 1, 2, 3].map(async (number) => {
    const permit = await scheduler.admit({});
    admitted.push(number);
    return permit;
  });
  const [first, second] = await Promise.all(admissions.slice(0, 2));
  assert.deepEqual(admitted, [0, 1]);
  second?.release();
  await admissions[2];
  assert.deepEqual(admitted, [0, 1, 2]);
  first?.release();
  await admissions[3];
  assert.deepEqual(admitted, [0, 1, 2, 3]);
});

test('admit: a wait that its signal ends takes no place and leaves no listener', async () => {
  const scheduler = new Scheduler({ maxRequests: 1 });
  const permit = await scheduler.admit({});
  const stopping = new AbortController();
  const waiting = scheduler.admit({ signal: stopping.signal });
  const next = scheduler.admit({});
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, { message: 'stopped' });
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
  permit.release();
  (await next).release();
});

test('admit: nobody is let in once stopped, though there is room', async () => {
  const scheduler = new Scheduler({ maxRequests: 1 });
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(scheduler.admit({ signal }), { message: 'stopped' });
  using _permit = await scheduler.admit({});
});
