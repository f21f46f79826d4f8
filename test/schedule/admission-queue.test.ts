import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTask } from '../../src/concurrency/task.ts';
import { OriginDownError } from '../../src/model/failure.ts';
import { type RequestReport, reportOfFailure } from '../../src/model/request-report.ts';
import { type AdmissionOptions, AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { FixedLimit, type Limit, type Sample } from '../../src/schedule/limits/limit.ts';
import { RunLimit } from '../../src/schedule/limits/run-limit.ts';
import type { Addressed } from '../../src/schedule/origin-queue.ts';
import type { Pace } from '../../src/schedule/pace/pace.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import { LOOK_AHEAD } from '../../src/schedule/read-ahead.ts';
import { MOST_PARKED } from '../../src/schedule/request-slots.ts';
import { abortListeners, settle } from '../concurrency/support.ts';
import { holdBack } from './held-back.ts';
import { permitOf } from './permit-of.ts';

const A = 'http://a';
const B = 'http://b';
const OK: RequestReport = { latency: 1, bytes: 1, result: 'ok' };

interface Row extends Addressed {
  readonly name: string;
}

/** A queue by a clock that the test turns forward, and what it admitted, in order. */
function setUp(
  t: TestContext,
  maxRequests: number,
  options: (now: () => number) => Partial<AdmissionOptions> = () => ({}),
) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const clock = () => now;
  const queue = new AdmissionQueue<Row>({ maxRequests, now: clock, ...options(clock) });
  const admitted: string[] = [];
  const permits = new Map<string, Permit>();
  /** Rows that ended without a permit, and why. */
  const refused: unknown[] = [];
  const collect = () => {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const { row, admission } = next;
      if (admission === undefined || admission instanceof OriginDownError) refused.push(admission);
      else {
        admitted.push(row.name);
        permits.set(row.name, collecting(admission));
      }
    }
  };
  /** Takes what is admitted once the permit is released or parked. */
  const collecting = (permit: Permit): Permit => {
    const { release, park } = permit;
    return Object.assign(permit, {
      release(report?: RequestReport) {
        release.call(permit, report);
        collect();
      },
      park() {
        park.call(permit);
        collect();
      },
    });
  };
  return {
    queue,
    admitted,
    refused,
    /** Of the rows that were put and admitted. */
    permits,
    collect,
    /** Puts a row as a reader does that has more at hand. */
    put(origin: string, name: string) {
      queue.put({ origin, name });
      collect();
    },
    /** Puts a row as a reader does that waits for its list afterwards. */
    request(origin: string, name: string) {
      queue.put({ origin, name });
      queue.pause();
      collect();
    },
    /** The list has yet to bring more. */
    pause() {
      queue.pause();
      collect();
    },
    async admit(origin: string, name: string) {
      const permit = await queue.admit(origin, {});
      admitted.push(name);
      return collecting(permit);
    },
    async pass(ms: number) {
      now += ms;
      t.mock.timers.tick(ms);
      await settle();
      collect();
    },
  };
}

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
  // The origin has what it may have: more for the run would make no difference.
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

test('AdmissionQueue.take: a row comes out at once while there is room, and in the order it came after that', (t) => {
  const { request, admitted, permits } = setUp(t, 2);
  for (const name of ['0', '1', '2', '3']) request(A, name);
  assert.deepEqual(admitted, ['0', '1']);
  permits.get('1')?.release();
  assert.deepEqual(admitted, ['0', '1', '2']);
  permits.get('0')?.release();
  assert.deepEqual(admitted, ['0', '1', '2', '3']);
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

/** A limit that is set by the test, and keeps its samples. */
class Told implements Limit {
  current: number;
  readonly samples: Sample[] = [];

  constructor(current: number) {
    this.current = current;
  }

  finished(sample: Sample): void {
    this.samples.push(sample);
  }
}

test('AdmissionOptions.limitFor: no origin has more in flight than its limit, and the others are not held up', (t) => {
  const limitFor = (origin: string) => new FixedLimit(origin === A ? 1 : 2);
  const { request, admitted, permits } = setUp(t, 10, () => ({ limitFor }));
  for (const name of ['a0', 'a1', 'a2']) request(A, name);
  for (const name of ['b0', 'b1', 'b2']) request(B, name);
  assert.deepEqual(admitted, ['a0', 'b0', 'b1']);
  permits.get('a0')?.release();
  assert.equal(admitted.at(-1), 'a1');
  permits.get('b1')?.release();
  assert.equal(admitted.at(-1), 'b2');
});

test('AdmissionOptions.limitFor: holds for later tries as well', async (t) => {
  const { request, admit, admitted, permits } = setUp(t, 10, () => ({
    limitFor: () => new FixedLimit(1),
  }));
  request(A, 'a0');
  admit(A, 'again');
  await settle();
  assert.deepEqual(admitted, ['a0']);
  permits.get('a0')?.release();
  await settle();
  assert.deepEqual(admitted, ['a0', 'again']);
});

test('AdmissionOptions.limitFor: a limit that changes counts from the next request on', (t) => {
  const limit = new Told(1);
  const { request, admitted, permits } = setUp(t, 10, () => ({ limitFor: () => limit }));
  for (const name of ['0', '1', '2', '3', '4']) request(A, name);
  limit.current = 3;
  permits.get('0')?.release();
  assert.deepEqual(admitted, ['0', '1', '2', '3']);
  limit.current = 2;
  permits.get('1')?.release();
  assert.deepEqual(admitted, ['0', '1', '2', '3']);
  permits.get('2')?.release();
  assert.deepEqual(admitted, ['0', '1', '2', '3', '4']);
});

test('AdmissionOptions.limitFor: a limit gets a sample of each request', async (t) => {
  const limit = new Told(10);
  const { request, permits, pass } = setUp(t, 10, () => ({ limitFor: () => limit }));
  const report: RequestReport = { latency: 5, bytes: 7, result: 'overload' };
  request(A, '0');
  await pass(100);
  request(A, '1');
  await pass(50);
  permits.get('1')?.release(report);
  permits.get('1')?.release(report);
  permits.get('0')?.release({ ...report, result: 'ok' });
  assert.deepEqual(limit.samples, [
    { ...report, isSaid: undefined, inFlight: 2, sentAt: 100, endedAt: 150 },
    { ...report, isSaid: undefined, result: 'ok', inFlight: 1, sentAt: 0, endedAt: 150 },
  ]);
  // Of one that told nothing there is nothing to learn.
  request(A, '2');
  permits.get('2')?.release();
  assert.equal(limit.samples.length, 2);
});

/** Leaves so many ms between two requests, and more after one that is over, if told to. */
function paced(ms: number, afterwards: number[] = []) {
  const log: string[] = [];
  return (now: () => number) => {
    let next = 0;
    const pace: Pace = {
      get remaining() {
        return Math.max(0, next - now());
      },
      started() {
        log.push(`started ${now()}`);
        next = now() + ms;
      },
      finished({ endedAt }) {
        log.push(`finished ${endedAt}`);
        next = endedAt + (afterwards.shift() ?? 0);
      },
    };
    return { pace, log };
  };
}

test('AdmissionOptions.pacesFor: requests to an origin follow each other no sooner than its slowest pace', async (t) => {
  const { request, admitted, pass } = setUp(t, 10, (now) => ({
    pacesFor: (origin) => (origin === A ? [paced(100)(now).pace, paced(250)(now).pace] : []),
  }));
  for (const name of ['a0', 'a1', 'a2']) request(A, name);
  for (const name of ['b0', 'b1']) request(B, name);
  assert.deepEqual(admitted, ['a0', 'b0', 'b1']);
  await pass(249);
  assert.equal(admitted.length, 3);
  await pass(1);
  assert.equal(admitted.at(-1), 'a1');
  await pass(249);
  assert.equal(admitted.length, 4);
  await pass(1);
  assert.equal(admitted.at(-1), 'a2');
});

test('AdmissionOptions.pacesFor: a pace gets a sample of each request', async (t) => {
  let log: string[] = [];
  const { request, admitted, permits, pass } = setUp(t, 10, (now) => ({
    pacesFor: () => {
      const made = paced(0, [400])(now);
      log = made.log;
      return [made.pace];
    },
  }));
  request(A, '0');
  await pass(30);
  permits.get('0')?.release({ latency: 5, bytes: 7, result: 'overload' });
  assert.deepEqual(log, ['started 0', 'finished 30']);
  request(A, '1');
  await pass(399);
  assert.deepEqual(admitted, ['0']);
  await pass(1);
  assert.deepEqual(admitted, ['0', '1']);
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

/** A queue that notes which origins it makes a limit for, and what makes `times` requests to one. */
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

test('AdmissionQueue.put: an origin keeps its place as more of its rows are read', (t) => {
  const { put, admitted, permits } = setUp(t, 1);
  for (const name of ['a0', 'b0', 'c0', 'b1', 'a1']) put(`http://${name[0]}`, name);
  for (let n = 0; n < 4; n++) permits.get(admitted[n] as string)?.release();
  assert.deepEqual(admitted, ['a0', 'b0', 'c0', 'a1', 'b1']);
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
