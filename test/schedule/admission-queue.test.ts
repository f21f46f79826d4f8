import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { FixedLimit } from '../../src/schedule/limits/limit.ts';
import { abortListeners, settle } from '../concurrency/support.ts';
import { holdBack } from './held-back.ts';
import { permitOf } from './permit-of.ts';
import { A, B, type Row, setUp } from './queue-set-up.ts';

for (const maxRequests of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`AdmissionQueue: refuses ${maxRequests} requests`, () => {
    assert.throws(() => new AdmissionQueue({ maxRequests }), RangeError);
  });
}

test('AdmissionQueue: says which option is out of bounds', () => {
  assert.throws(() => new AdmissionQueue({ maxRequests: 0 }), {
    message: 'maxRequests must be a whole number >= 1, not 0',
  });
});

test('AdmissionQueue.admit: admits as many requests as may be in flight, the others in the order in which they came', async (t) => {
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

test('AdmissionQueue.admit: a wait that its signal ends takes no slot and leaves no listener', async () => {
  const queue = new AdmissionQueue({ maxRequests: 1 });
  const permit = await queue.admit(A, {});
  const stopping = new AbortController();
  const waiting = queue.admit(A, { signal: stopping.signal });
  await settle();
  const next = queue.admit(A, {});
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, { message: 'stopped' });
  assert.equal(abortListeners(stopping.signal), 0);
  permit.release();
  (await next).release();
});

test('AdmissionQueue.admit: a permit that comes free as the wait for it ends is not lost', async () => {
  for (const held of [A, B]) {
    const queue = new AdmissionQueue({ maxRequests: 1 });
    const permit = await queue.admit(held, {});
    const stopping = new AbortController();
    const waiting = queue.admit(A, { signal: stopping.signal });
    await settle();
    stopping.abort(new Error('stopped'));
    // The rejection of the wait is still on its way.
    permit.release();
    await assert.rejects(waiting, { message: 'stopped' });
    assert.ok(queue.tryAdmit(A));
  }
});

test('AdmissionQueue.admit: rejects once the signal has aborted, though there is room', async () => {
  const queue = new AdmissionQueue({ maxRequests: 1 });
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(queue.admit(A, { signal }), { message: 'stopped' });
  using _permit = await queue.admit(A, {});
});

test('AdmissionQueue.tryAdmit: gives a permit if there is room', async (t) => {
  const { queue, admit, admitted } = setUp(t, 2);
  const first = queue.tryAdmit(A);
  const second = queue.tryAdmit(A);
  assert.ok(first && second);
  assert.equal(queue.tryAdmit(A), undefined);
  const waiting = admit(A, 'waiting');
  first.release();
  await waiting;
  assert.deepEqual(admitted, ['waiting']);
  assert.equal(queue.tryAdmit(A), undefined);
  second.release();
  assert.ok(queue.tryAdmit(A));
});

test('AdmissionQueue.tryAdmit: keeps to the limit and the pace of the origin', async (t) => {
  const { queue, pass } = setUp(t, 5, () => ({ limitFor: () => new FixedLimit(1) }));
  const permit = queue.tryAdmit(A);
  assert.ok(permit);
  assert.equal(queue.tryAdmit(A), undefined);
  permit.release();
  holdBack(queue, A, 500);
  assert.equal(queue.tryAdmit(A), undefined);
  await pass(500);
  assert.ok(queue.tryAdmit(A));
});

test('AdmissionQueue.tryAdmit: gives none while rows wait for the end of a pause', async (t) => {
  const { queue, request, admitted, pass } = setUp(t, 5);
  holdBack(queue, A, 500);
  request(A, 'row');
  assert.equal(queue.tryAdmit(A), undefined);
  await pass(500);
  assert.deepEqual(admitted, ['row']);
  assert.ok(queue.tryAdmit(A));
});

test('AdmissionQueue.tryAdmit: gives none while a row could start that waits for more of the list', (t) => {
  const { queue, put, admitted } = setUp(t, 4);
  put(B, 'b0');
  for (const name of ['a0', 'a1', 'a2']) put(A, name);
  assert.deepEqual([admitted, queue.hasRoom], [['b0', 'a0', 'a1'], true]);
  assert.equal(queue.tryAdmit('http://c'), undefined);
});

test('AdmissionQueue.admit: a task that is cancelled leaves the queue', async () => {
  const queue = new AdmissionQueue({ maxRequests: 1 });
  const permit = await queue.admit(A, {});
  const task = createTask(() => queue.admit(A, {}));
  await settle();
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  permit.release();
  assert.equal(queue.hasRoom, true);
});

test('AdmissionQueue.take: a row comes out at once while there is room, and in the order it came after that', (t) => {
  const { request, admitted, permits } = setUp(t, 2);
  for (const name of ['0', '1', '2', '3']) request(A, name);
  assert.deepEqual(admitted, ['0', '1']);
  permits.get('1')?.release();
  assert.deepEqual(admitted, ['0', '1', '2']);
  permits.get('0')?.release();
  assert.deepEqual(admitted, ['0', '1', '2', '3']);
});

test('AdmissionQueue.clear: gives back the rows that were not admitted, and leaves later tries', async (t) => {
  const { queue, request, admit, admitted, permits, pass } = setUp(t, 1);
  holdBack(queue, B, 500);
  request(A, 'a0');
  request(A, 'a1');
  request(B, 'b0');
  const again = admit(A, 'again');
  assert.deepEqual(
    queue
      .clear()
      .map(({ name }) => name)
      .toSorted(),
    ['a1', 'b0'],
  );
  permits.get('a0')?.release();
  (await again).release();
  await pass(500);
  assert.deepEqual(admitted, ['a0', 'again']);
  request(B, 'b1');
  assert.equal(admitted.at(-1), 'b1');
});

test('AdmissionQueue.clear: no timer is left', async (t) => {
  const { queue, request } = setUp(t, 1);
  const clear = t.mock.method(globalThis, 'clearTimeout');
  holdBack(queue, A, 500);
  request(A, 'a');
  const before = clear.mock.callCount();
  queue.clear();
  assert.ok(clear.mock.callCount() > before);
});

test('AdmissionQueue.stop: the rows in it come out at once, without a permit, in the order of the list', async (t) => {
  const { queue, request, permits } = setUp(t, 1);
  for (const name of ['0', '1', '2']) request(A, name);
  const stopped = [];
  queue.stop();
  for (let next = await queue.next(); next !== undefined; next = await queue.next()) {
    stopped.push([next.row.name, next.admission]);
  }
  assert.deepEqual(stopped, [
    ['1', undefined],
    ['2', undefined],
  ]);
  permits.get('0')?.release();
  assert.equal(queue.hasRoom, true);
});

test('AdmissionQueue.next: a worker gets the row that is admitted after it began to wait', async (t) => {
  const { queue } = setUp(t, 1);
  const [first, second] = [queue.next(), queue.next()];
  for (const name of ['0', '1']) queue.put({ origin: A, name });
  const admitted = await first;
  assert.equal(admitted?.row.name, '0');
  permitOf(admitted).release();
  assert.equal((await second)?.row.name, '1');
});

test('AdmissionQueue.next: ends with the last row once the queue is closed', async (t) => {
  const { queue, request, permits } = setUp(t, 1);
  for (const name of ['0', '1']) request(A, name);
  const [second, end] = [queue.next(), queue.next()];
  queue.close();
  permits.get('0')?.release();
  assert.equal((await second)?.row.name, '1');
  assert.equal(await end, undefined);
  assert.equal(await queue.next(), undefined);
});

test('AdmissionQueue.next: a worker that is cancelled takes no row', async () => {
  const queue = new AdmissionQueue<Row>({ maxRequests: 1 });
  const worker = createTask(() => queue.next());
  await settle();
  worker.cancel();
  await assert.rejects(worker, { name: 'CancelledError' });
  queue.put({ origin: A, name: '0' });
  assert.equal(queue.take()?.row.name, '0');
});

test('AdmissionQueue.loads: the requests in flight and allowed, of origins with rows or requests', async (t) => {
  const { queue, request, permits } = setUp(t, 2, () => ({
    limitFor: (origin) => new FixedLimit(origin === A ? 1 : 5),
  }));
  request(A, 'a');
  request(A, 'waits');
  assert.deepEqual([...queue.loads()], [{ inFlight: 1, allowed: 1 }]);
  request(B, 'b');
  assert.deepEqual(
    [...queue.loads()],
    [
      { inFlight: 1, allowed: 1 },
      { inFlight: 1, allowed: 5 },
    ],
  );
  permits.get('b')?.release();
  assert.deepEqual([...queue.loads()], [{ inFlight: 1, allowed: 1 }]);
});

test('AdmissionQueue.loads: includes an origin that pauses while a row waits for it', (t) => {
  const { queue, request } = setUp(t, 2);
  holdBack(queue, A, 500);
  assert.deepEqual([...queue.loads()], []);
  request(A, 'a');
  const allowed = Number.POSITIVE_INFINITY;
  assert.deepEqual([...queue.loads()], [{ inFlight: 0, allowed }]);
});
