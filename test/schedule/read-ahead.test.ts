import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { LOOK_AHEAD } from '../../src/schedule/read-ahead.ts';
import { settle } from '../concurrency/support.ts';
import { holdBack } from './held-back.ts';
import { permitOf } from './permit-of.ts';
import { A, B, OK, type Row, setUp } from './queue-set-up.ts';

test('AdmissionQueue.room: the reader waits while as many requests are in flight as may be', async (t) => {
  const { queue, put, permits } = setUp(t, 2);
  assert.equal(queue.room(), undefined);
  put(A, '0');
  assert.equal(queue.room(), undefined);
  put(A, '1');
  const room = queue.room();
  assert.ok(room instanceof Promise);
  permits.get('1')?.release();
  await room;
  assert.equal(queue.room(), undefined);
});

test('AdmissionQueue.room: rows that are waiting go first', async (t) => {
  const { queue, put, permits } = setUp(t, 1);
  put(A, '0');
  put(A, '1');
  let hasRoom = false;
  const room = queue.room()?.then(() => {
    hasRoom = true;
  });
  permits.get('0')?.release();
  await settle();
  assert.equal(hasRoom, false);
  permits.get('1')?.release();
  await room;
});

test('AdmissionQueue.room: a reader that is cancelled while it waits leaves no wait behind', async () => {
  const queue = new AdmissionQueue<Row>({ maxRequests: 1 });
  queue.put({ origin: A, name: '0' });
  const reader = createTask(async () => await queue.room());
  await settle();
  reader.cancel();
  await assert.rejects(reader, { name: 'CancelledError' });
  permitOf(queue.take()).release();
  assert.equal(queue.room(), undefined);
});

test('AdmissionQueue.room: no more than LOOK_AHEAD rows wait for their origins', async (t) => {
  const { queue, put, admitted, pass } = setUp(t, 2);
  holdBack(queue, A, 500);
  let count = 0;
  for (; queue.room() === undefined; count++) put(A, String(count));
  assert.equal(count, LOOK_AHEAD);
  const room = queue.room();
  await pass(500);
  assert.deepEqual(admitted, ['0', '1']);
  // Two requests are in flight, which is all there may be.
  let hasRoom = false;
  room?.then(() => {
    hasRoom = true;
  });
  await settle();
  assert.equal(hasRoom, false);
});

test('AdmissionQueue.room: a reader that is far ahead goes on once half of the rows that waited are admitted', async (t) => {
  const { queue, put, admitted, permits } = setUp(t, 64);
  const rows = 64 + LOOK_AHEAD;
  for (let n = 0; n < rows; n++) put(`http://h${n % 64}`, String(n));
  assert.equal(admitted.length, 64);
  let hasRoom = false;
  queue.room()?.then(() => {
    hasRoom = true;
  });
  // Each place that comes free is that of the origin's next row.
  for (let n = 0; n < LOOK_AHEAD / 2 - 1; n++) permits.get(String(n))?.release(OK);
  await settle();
  assert.deepEqual([hasRoom, admitted.length], [false, 64 + LOOK_AHEAD / 2 - 1]);
  permits.get(String(LOOK_AHEAD / 2 - 1))?.release(OK);
  await settle();
  assert.equal(hasRoom, true);
});

test('AdmissionQueue.put: rows of one origin come in the order of the list, those of others overtake', (t) => {
  const { queue, put, pause, admitted, permits } = setUp(t, 2);
  put(A, 'a0');
  holdBack(queue, A, 60_000);
  for (const name of ['a1', 'a2']) put(A, name);
  for (const name of ['b0', 'b1']) put(B, name);
  pause();
  assert.deepEqual(admitted, ['a0', 'b0']);
  permits.get('a0')?.release();
  assert.deepEqual(admitted, ['a0', 'b0', 'b1']);
});

test('AdmissionQueue.put: an origin that has its share waits while more is read, and others go first', (t) => {
  const { put, admitted } = setUp(t, 4);
  put(B, 'b0');
  for (const name of ['a0', 'a1', 'a2']) put(A, name);
  // Of four requests two are the share of each.
  assert.deepEqual(admitted, ['b0', 'a0', 'a1']);
  put('http://c', 'c0');
  assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'c0']);
});

test('AdmissionQueue.put: an origin that has its share has more once LOOK_AHEAD rows wait', (t) => {
  const { put, admitted, queue } = setUp(t, 4);
  holdBack(queue, B, 60_000);
  put(B, 'b0');
  for (const name of ['a0', 'a1', 'a2']) put(A, name);
  for (let n = 1; n < LOOK_AHEAD - 2; n++) put(B, `b${n}`);
  assert.deepEqual(admitted, ['a0', 'a1']);
  put(B, 'last');
  assert.deepEqual(admitted, ['a0', 'a1', 'a2']);
});

for (const [what, tell] of [
  ['pause', (queue: AdmissionQueue<Row>) => queue.pause()],
  ['close', (queue: AdmissionQueue<Row>) => queue.close()],
] as const) {
  test(`${what}: an origin that has its share has more, since no other can be found`, (t) => {
    const { queue, put, collect, admitted } = setUp(t, 4);
    put(B, 'b0');
    for (const name of ['a0', 'a1', 'a2', 'a3']) put(A, name);
    assert.deepEqual(admitted, ['b0', 'a0', 'a1']);
    tell(queue);
    collect();
    assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'a2']);
  });
}

test('AdmissionQueue.admit: a later try does not wait for more of the list', async (t) => {
  const { put, admit, admitted } = setUp(t, 4);
  put(B, 'b0');
  for (const name of ['a0', 'a1']) put(A, name);
  await admit(A, 'again');
  assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'again']);
});

test('AdmissionQueue.expected: once the list has ended, the requests in flight and the rows that wait', async (t) => {
  const { queue, request, admit, permits } = setUp(t, 2);
  for (const name of ['0', '1', '2', '3']) request(A, name);
  request(B, 'b');
  queue.close();
  const permit = permits.get('0');
  assert.equal(permit?.expected, 4);
  permits.get('1')?.release();
  assert.equal(permit?.expected, 3);
  queue.clear();
  assert.deepEqual([permit?.expected, queue.expected(B)], [1, 1]);
  permits.get('b')?.release();
  assert.equal(queue.expected(B), 0);
  const again = admit(B, 'again');
  assert.equal(queue.expected(B), 1);
  (await again).release();
  assert.equal(queue.expected(B), 0);
});

test('AdmissionQueue.expected: Infinity while the list is read, unless it leads to many origins', (t) => {
  const { queue, request, permits } = setUp(t, 100);
  assert.equal(queue.expected(A), Number.POSITIVE_INFINITY);
  for (let n = 0; n < 63; n++) request(`http://h${n}`, String(n));
  assert.equal(queue.expected(A), Number.POSITIVE_INFINITY);
  request(B, 'b0');
  assert.deepEqual([queue.expected(A), queue.expected(B)], [0, 1]);
  permits.get('0')?.release();
  assert.equal(queue.expected(A), Number.POSITIVE_INFINITY);
});

test('AdmissionQueue.room: a list that leads to many origins is read ahead, up to a bound', async (t) => {
  const { queue, put, permits } = setUp(t, 1);
  for (let n = 0; n < 63; n++) put(`http://h${n}`, String(n));
  assert.ok(queue.room() instanceof Promise);
  put('http://h63', '63');
  assert.equal(queue.room(), undefined);
  for (let n = 64; n <= LOOK_AHEAD; n++) put(`http://h${n % 64}`, String(n));
  let isWoken = false;
  const room = queue.room()?.then(() => {
    isWoken = true;
  });
  permits.get('0')?.release();
  await settle();
  // Not for each row that leaves a queue which was full.
  assert.equal(isWoken, false);
  queue.clear();
  permits.get('1')?.release();
  await room;
  assert.equal(isWoken, true);
});
