import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OriginDownError } from '../../src/model/failure.ts';
import { reportOfFailure } from '../../src/model/request-report.ts';
import { FixedLimit } from '../../src/schedule/limits/limit.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import { holdBack } from './held-back.ts';
import { A, B, OK, setUp } from './queue-set-up.ts';

/** A queue that records for which origins it makes a limit, and a function that makes requests. */
function setUpVisits(t: TestContext) {
  const made: string[] = [];
  const { queue } = setUp(t, 32, () => ({
    limitFor(origin) {
      made.push(origin);
      return new FixedLimit(32);
    },
  }));
  const visit = (origin: string, times = 1) => {
    const permits = Array.from({ length: times }, () => queue.tryAdmit(origin));
    for (const permit of permits) permit?.release(OK);
  };
  return { queue, made, visit };
}

test('AdmissionQueue: an origin that few rows went to is forgotten at once', (t) => {
  const { made, visit } = setUpVisits(t);
  visit(A);
  visit(A);
  assert.deepEqual(made, [A, A]);
});

test('AdmissionQueue: of origins that many rows went to it remembers the latest thousand', (t) => {
  const { made, visit } = setUpVisits(t);
  for (let n = 0; n <= 1_000; n++) {
    visit(`http://h${n}`, 32);
    // It is asked again and again, and stays.
    visit('http://h0');
  }
  assert.equal(made.length, 1_001);
  visit('http://h0');
  visit('http://h2');
  assert.equal(made.length, 1_001);
  visit('http://h1');
  assert.equal(made.length, 1_002);
});

test('AdmissionQueue: an origin that asked for a pause is remembered', (t) => {
  const { queue, made } = setUpVisits(t);
  holdBack(queue, A, 500);
  assert.equal(queue.tryAdmit(A), undefined);
  assert.deepEqual(made, [A]);
});

/** Fails a request to `origin` for want of a connection. */
function refuse(permit: Permit | undefined): void {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  permit?.release(reportOfFailure(refused, 1));
}

/** An origin that refuses connections, with one row that tries and others that wait for it. */
async function setUpDead(t: TestContext) {
  const retries = { tries: 3, backoff: { base: 1_000, max: 60_000 }, random: () => 0.5 };
  const set = setUp(t, 2, () => ({ retries }));
  refuse(set.queue.tryAdmit(A));
  const again = set.queue.admit(A, {});
  for (const name of ['0', '1', '2']) set.request(A, name);
  return { ...set, again };
}

test('AdmissionQueue: an origin without connections is probed by one row, and the others wait', async (t) => {
  const { again, refused, pass, queue } = await setUpDead(t);
  await pass(499);
  assert.equal(queue.isOpen(A), false);
  assert.deepEqual([...queue.loads()][0]?.inFlight, 0);
  await pass(1);
  refuse(await again);
  assert.equal(refused.length, 0);
  assert.equal(queue.hasRoom, true);
});

test('AdmissionQueue: rows with a mirror do not wait for an origin that is held', async (t) => {
  const set = setUp(t, 4, () => ({ limitFor: () => new FixedLimit(1) }));
  const { queue, request, admitted, permits, collect } = set;
  const mirrors = ['not a URL', `${B}/file`];
  for (const name of ['first', 'without']) request(A, name);
  queue.put({ origin: A, name: 'waiting', mirrors });
  assert.deepEqual(admitted, ['first']);
  refuse(permits.get('first'));
  collect();
  assert.deepEqual([admitted, queue.isOpen(A)], [['first', 'waiting'], false]);
  permits.get('waiting')?.release(OK);
  queue.put({ origin: A, name: 'later', mirrors });
  collect();
  assert.equal(permits.get('later')?.origin, B);
  queue.put({ origin: A, name: 'last', mirrors: [`${A}/other`] });
  queue.pause();
  collect();
  assert.equal(admitted.includes('last'), false);
});

test('AdmissionQueue: once the tries are spent, all rows of the origin end, and so do later ones', async (t) => {
  const { again, refused, request, pass, collect, queue } = await setUpDead(t);
  await pass(500);
  refuse(await again);
  const last = queue.admit(A, {});
  const waiting = queue.admit(A, {});
  await pass(1_000);
  refuse(await last);
  const error = await waiting.catch((reason: unknown) => reason);
  collect();
  assert.ok(error instanceof OriginDownError);
  assert.deepEqual([error.reason, refused], ['connect', [error, error, error]]);
  await assert.rejects(queue.admit(A, {}), (reason) => reason === error);
  request(A, '3');
  assert.equal(refused[3], error);
  assert.equal(queue.tryAdmit(A), undefined);
  // Five minutes later it is as good as any.
  await pass(300_000);
  assert.ok(queue.tryAdmit(A));
});

test('AdmissionQueue: an answer to a request from before makes an origin of one that was given up', async (t) => {
  const retries = { tries: 1, backoff: { base: 1_000, max: 60_000 }, random: () => 0.5 };
  const { queue } = setUp(t, 2, () => ({ retries }));
  const slow = queue.tryAdmit(A);
  refuse(queue.tryAdmit(A));
  await assert.rejects(queue.admit(A, {}), { name: 'OriginDownError' });
  slow?.release(OK);
  (await queue.admit(A, {})).release();
});
