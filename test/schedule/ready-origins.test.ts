import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RequestReport } from '../../src/model/request-report.ts';
import { abortListeners, settle } from '../concurrency/support.ts';
import { holdBack } from './held-back.ts';
import { A, B, OK, setUp } from './queue-set-up.ts';

test('AdmissionQueue: an origin gets no request while it pauses, and others do', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 1);
  holdBack(queue, A, 500);
  admit(A, 'a');
  // Though it came later: a row that waits for its origin holds up no other origin.
  (await admit(B, 'b')).release();
  await pass(499);
  assert.deepEqual(admitted, ['b']);
  await pass(1);
  assert.deepEqual(admitted, ['b', 'a']);
});

test('AdmissionQueue: rows that wait already when their origin pauses take no permit', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 1);
  const permit = await admit(A, 'a1');
  admit(A, 'a2');
  admit(A, 'a3');
  admit(B, 'b');
  await settle();
  holdBack(queue, A, 500, permit);
  await settle();
  assert.deepEqual(admitted, ['a1', 'b']);
  await pass(499);
  assert.deepEqual(admitted, ['a1', 'b']);
});

test('AdmissionQueue: a slot that comes free does not go to an origin that pauses', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 1);
  holdBack(queue, A, 500);
  const permit = await admit(B, 'b');
  admit(A, 'a');
  await settle();
  permit.release();
  await pass(499);
  assert.deepEqual(admitted, ['b']);
  await pass(1);
  assert.deepEqual(admitted, ['b', 'a']);
});

test('AdmissionQueue: after a pause rows go on in their order, as many at a time as before', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 2);
  holdBack(queue, A, 500);
  const admissions = ['0', '1', '2'].map((name) => admit(A, name));
  await pass(500);
  assert.deepEqual(admitted, ['0', '1']);
  (await admissions[0])?.release();
  await settle();
  assert.deepEqual(admitted, ['0', '1', '2']);
});

test('AdmissionQueue: a longer pause holds rows that wait for the end of a shorter one', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 2);
  const late = await queue.admit(A, {});
  holdBack(queue, A, 500);
  admit(A, 'a');
  await pass(400);
  holdBack(queue, A, 500, late);
  await pass(499);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('AdmissionQueue: a wait for the end of a pause that its signal ends leaves no listener and no timer', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 1);
  holdBack(queue, A, 500);
  const stopping = new AbortController();
  const waiting = queue.admit(A, { signal: stopping.signal });
  await settle();
  const clear = t.mock.method(globalThis, 'clearTimeout');
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, { message: 'stopped' });
  assert.equal(abortListeners(stopping.signal), 0);
  assert.equal(clear.mock.callCount(), 1);
  await pass(500);
  await admit(A, 'a');
  assert.deepEqual(admitted, ['a']);
});

test('AdmissionQueue: the longest of several pauses counts', async (t) => {
  const { queue, admit, admitted, pass } = setUp(t, 2);
  const other = await queue.admit(A, {});
  holdBack(queue, A, 500);
  holdBack(queue, A, 200, other);
  admit(A, 'a');
  await pass(499);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('AdmissionQueue: a pause longer than the longest timer is kept', async (t) => {
  const month = 31 * 24 * 3_600_000;
  const retries = { tries: 4, backoff: { base: 1_000, max: month }, random: () => 0.5 };
  const { queue, request, admitted, pass } = setUp(t, 1, () => ({ retries }));
  const longest = 2 ** 31 - 1;
  const set = t.mock.method(globalThis, 'setTimeout');
  holdBack(queue, A, month);
  request(A, 'a');
  // The real one takes a longer time for none at all.
  assert.ok(set.mock.calls.every(({ arguments: [, ms] }) => Number(ms) <= longest));
  await pass(longest);
  await pass(month - longest - 1);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('AdmissionQueue: later tries go before first ones of the same origin', async (t) => {
  const { admit, request, admitted, permits } = setUp(t, 1);
  request(A, 'under way');
  request(A, 'first try');
  const again = admit(A, 'later try');
  permits.get('under way')?.release();
  const permit = await again;
  assert.deepEqual(admitted, ['under way', 'later try']);
  permit.release();
  assert.deepEqual(admitted, ['under way', 'later try', 'first try']);
});

test('AdmissionQueue: later tries, too, go to the origin with the fewest in flight', async (t) => {
  const { admit, request, admitted, permits } = setUp(t, 2);
  request('http://c', 'c0');
  request('http://c', 'c1');
  for (const [origin, name] of [
    [A, 'a0'],
    [A, 'a1'],
    [B, 'b0'],
  ] as const) {
    admit(origin, name);
  }
  await settle();
  permits.get('c0')?.release();
  permits.get('c1')?.release();
  await settle();
  assert.deepEqual(admitted.slice(2), ['a0', 'b0']);
});

test('AdmissionQueue: the origin with the fewest requests in flight is next, whichever row came first', (t) => {
  const { request, admitted, permits } = setUp(t, 3);
  for (const name of ['a0', 'a1', 'a2', 'a3', 'a4']) request(A, name);
  for (const name of ['b0', 'b1']) request(B, name);
  assert.deepEqual(admitted, ['a0', 'a1', 'a2']);
  permits.get('a0')?.release();
  assert.equal(admitted.at(-1), 'b0');
  // Two of the one, one of the other.
  permits.get('a1')?.release();
  assert.equal(admitted.at(-1), 'b1');
  permits.get('b0')?.release();
  assert.equal(admitted.at(-1), 'a3');
});

test('AdmissionQueue: origins with as many in flight as each other take turns', (t) => {
  const { request, admitted, permits } = setUp(t, 1);
  const names = ['a0', 'a1', 'b0', 'b1', 'c0', 'c1'];
  for (const name of names) request(`http://${name[0]}`, name);
  for (let n = 0; n < names.length; n++) permits.get(admitted[n] as string)?.release();
  assert.deepEqual(admitted, ['a0', 'b0', 'c0', 'a1', 'b1', 'c1']);
});

/** Rows of two origins, which end one after the other as `report` says. */
function turns(t: TestContext, report: RequestReport) {
  const { request, admitted, permits } = setUp(t, 1);
  for (let n = 0; n < 12; n++) request(A, `a${n}`);
  for (const name of ['b0', 'b1']) request(B, name);
  for (let n = 0; n < 14; n++) permits.get(admitted[n] as string)?.release(report);
  return admitted;
}

test('AdmissionQueue: an origin that answers gets eight requests before the next one has its turn', (t) => {
  const admitted = turns(t, OK);
  const a = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => `a${from + n}`);
  assert.deepEqual(admitted, [...a(0, 8), 'b0', 'b1', ...a(8, 12)]);
});

test('AdmissionQueue: a request that is not answered ends the turn of its origin', (t) => {
  assert.deepEqual(turns(t, { ...OK, result: 'failed' }).slice(0, 5), [
    'a0',
    'b0',
    'a1',
    'b1',
    'a2',
  ]);
});

test('AdmissionQueue: a turn ends also for an origin whose rows are put one by one', (t) => {
  const { request, admitted, permits } = setUp(t, 1);
  request(A, 'a0');
  request(B, 'b0');
  for (let n = 1; admitted.at(-1) !== 'b0' && n < 100; n++) {
    request(A, `a${n}`);
    permits.get(admitted.at(-1) as string)?.release(OK);
  }
  assert.equal(admitted.length, 9);
});

test('AdmissionQueue: an origin that had no rows left begins a new turn', (t) => {
  const { request, admitted, permits } = setUp(t, 1);
  const end = () => permits.get(admitted.at(-1) as string)?.release(OK);
  for (let n = 0; n < 7; n++) {
    request(A, `a${n}`);
    end();
  }
  for (const name of ['a7', 'a8', 'a9']) request(A, name);
  request(B, 'b0');
  for (let n = 0; n < 3; n++) end();
  assert.deepEqual(admitted.slice(-4), ['a7', 'a8', 'a9', 'b0']);
});

test('AdmissionQueue.put: an origin keeps its place as more of its rows are read', (t) => {
  const { put, admitted, permits } = setUp(t, 1);
  for (const name of ['a0', 'b0', 'c0', 'b1', 'a1']) put(`http://${name[0]}`, name);
  for (let n = 0; n < 4; n++) permits.get(admitted[n] as string)?.release();
  assert.deepEqual(admitted, ['a0', 'b0', 'c0', 'a1', 'b1']);
});
