import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { FixedLimit } from '../../src/schedule/limits/limit.ts';
import { RunLimit } from '../../src/schedule/limits/run-limit.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import { MOST_PARKED } from '../../src/schedule/request-slots.ts';
import { settle } from '../concurrency/support.ts';
import { A, B, OK, setUp } from './queue-set-up.ts';

test('AdmissionQueue: a run’s limit learns which requests ended, and whether it held rows up', (t) => {
  const told: [boolean, boolean][] = [];
  let now = 0;
  const found = new RunLimit({ initial: 2, most: 8, now: () => now });
  const ended = t.mock.method(found, 'ended', (isAnswered: boolean, isHeldUp: boolean) => {
    told.push([isAnswered, isHeldUp]);
  });
  const { queue, request, permits } = setUp(t, 1, () => ({
    maxRequests: found,
    limitFor: () => new FixedLimit(2),
  }));
  assert.deepEqual([queue.maxRequests, queue.mostRequests], [2, 8]);
  for (const name of ['a0', 'a1']) request(A, name);
  // The origin is at its limit: a higher limit of the run would make no difference.
  permits.get('a0')?.release(OK);
  request(B, 'b0');
  // A waits for one more than the run may have,
  request(A, 'a2');
  permits.get('b0')?.release(OK);
  // and then for nothing.
  permits.get('a1')?.release({ ...OK, result: 'overload' });
  permits.get('a2')?.release();
  assert.deepEqual(told, [
    [true, false],
    [true, true],
    [false, false],
    [false, false],
  ]);
  ended.mock.restore();
  now = 1_000;
  found.ended(true, true);
  found.ended(true, true);
  assert.equal(queue.maxRequests, 3);
});

test('Permit.release: only the first call counts', (t) => {
  const { queue, request, admitted, permits } = setUp(t, 1);
  for (const name of ['0', '1', '2']) request(A, name);
  permits.get('0')?.release();
  permits.get('0')?.release();
  assert.deepEqual(admitted, ['0', '1']);
  permits.get('1')?.[Symbol.dispose]();
  permits.get('2')?.release();
  assert.equal(queue.hasRoom, true);
});

test('Permit.park: the slot goes to another origin, and the request still counts for its own origin', (t) => {
  const { queue, request, admitted, permits } = setUp(t, 1, () => ({
    limitFor: () => new FixedLimit(1),
  }));
  for (const name of ['a0', 'a1']) request(A, name);
  request(B, 'b0');
  assert.deepEqual(admitted, ['a0']);
  permits.get('a0')?.park();
  assert.deepEqual(admitted, ['a0', 'b0']);
  // A second time it has no place to give.
  permits.get('a0')?.park();
  assert.deepEqual([admitted.length, queue.hasRoom], [2, false]);
});

test('Permit.park: gives room to the reader, too', async (t) => {
  const { queue, put, permits } = setUp(t, 1);
  put(A, 'a0');
  const room = queue.room();
  permits.get('a0')?.park();
  await room;
  assert.equal(queue.room(), undefined);
});

test('Permit.park: beyond mostParked requests keep their slot', (t) => {
  const { request, admitted, permits } = setUp(t, 2, () => ({ mostParked: 1 }));
  for (const name of ['a', 'b', 'c', 'd', 'e']) request(`http://${name}`, name);
  for (const name of ['a', 'b', 'c']) permits.get(name)?.park();
  assert.deepEqual(admitted, ['a', 'b', 'c']);
  // One that is over makes room for the next one to be parked.
  permits.get('a')?.release();
  permits.get('b')?.park();
  assert.deepEqual(admitted, ['a', 'b', 'c', 'd']);
});

test('Permit.park: at most 512 requests are parked by default', (t) => {
  const { request, admitted, permits } = setUp(t, 1);
  for (let n = 0; n < MOST_PARKED + 3; n++) {
    request(`http://h${n}`, String(n));
    permits.get(String(n))?.park();
  }
  assert.equal(admitted.length, MOST_PARKED + 1);
});

test('Permit.park: a permit that was released is not parked', (t) => {
  const { queue, request, admitted, permits } = setUp(t, 1, () => ({ mostParked: 1 }));
  request(A, 'a0');
  const { park } = permits.get('a0') as Permit;
  permits.get('a0')?.release();
  request(B, 'b0');
  park();
  request(B, 'b1');
  assert.deepEqual([admitted, queue.hasRoom], [['a0', 'b0'], false]);
});

test('Permit.resume: takes a free slot at once', (t) => {
  const { queue, request, permits } = setUp(t, 1);
  request(A, 'a0');
  const permit = permits.get('a0');
  // It has its place.
  assert.equal(permit?.resume(), undefined);
  permit?.park();
  assert.equal(queue.hasRoom, true);
  assert.equal(permit?.resume(), undefined);
  assert.equal(queue.hasRoom, false);
  permit?.release();
  assert.equal(queue.hasRoom, true);
});

test('Permit.resume: no more are in flight than may be, and those that resume go before rows that wait', async (t) => {
  const { queue, request, admitted, permits } = setUp(t, 1);
  for (const name of ['a', 'b', 'c', 'd']) request(`http://${name}`, name);
  for (const name of ['a', 'b']) permits.get(name)?.park();
  const resumed: string[] = [];
  for (const name of ['b', 'a'])
    permits
      .get(name)
      ?.resume()
      ?.then(() => resumed.push(name));
  await settle();
  assert.deepEqual([admitted, resumed], [['a', 'b', 'c'], []]);
  // A request that there need not be is not made before them either.
  permits.get('c')?.release();
  await settle();
  assert.deepEqual([admitted, resumed], [['a', 'b', 'c'], ['b']]);
  assert.equal(queue.tryAdmit('http://e'), undefined);
  permits.get('b')?.release();
  await settle();
  assert.deepEqual(
    [admitted, resumed],
    [
      ['a', 'b', 'c'],
      ['b', 'a'],
    ],
  );
  permits.get('a')?.release();
  assert.deepEqual(admitted, ['a', 'b', 'c', 'd']);
});

test('Permit.resume: a task that is cancelled takes no slot, and its permit gives none back', async (t) => {
  const { queue, request, admitted, permits } = setUp(t, 1, () => ({ mostParked: 1 }));
  request(A, 'a');
  permits.get('a')?.park();
  request(B, 'b');
  const resuming = createTask(async () => await permits.get('a')?.resume());
  await settle();
  resuming.cancel();
  await assert.rejects(resuming, { name: 'CancelledError' });
  permits.get('a')?.release();
  assert.equal(queue.hasRoom, false);
  permits.get('b')?.release();
  assert.equal(queue.hasRoom, true);
  // It is not counted among those that are parked any more.
  for (const name of ['c', 'd']) request(`http://${name}`, name);
  permits.get('c')?.park();
  assert.deepEqual(admitted, ['a', 'b', 'c', 'd']);
});

test('Permit.resume: a task that is cancelled as its slot comes free gives it back', async (t) => {
  const { queue, request, permits } = setUp(t, 1);
  request(A, 'a');
  permits.get('a')?.park();
  request(B, 'b');
  const resuming = createTask(async () => await permits.get('a')?.resume());
  await settle();
  permits.get('b')?.release();
  resuming.cancel();
  await assert.rejects(resuming, { name: 'CancelledError' });
  assert.equal(queue.hasRoom, false);
  permits.get('a')?.release();
  assert.equal(queue.hasRoom, true);
});

test('Permit.release: a parked request gives no slot back', (t) => {
  const { queue, request, admitted, permits } = setUp(t, 1, () => ({
    limitFor: () => new FixedLimit(1),
    mostParked: 1,
  }));
  for (const name of ['a0', 'a1']) request(A, name);
  permits.get('a0')?.park();
  request(B, 'b0');
  permits.get('a0')?.release();
  assert.deepEqual([admitted, queue.hasRoom], [['a0', 'b0'], false]);
  permits.get('b0')?.park();
  assert.deepEqual(admitted, ['a0', 'b0', 'a1']);
});
