import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTask } from '../../src/concurrency/task.ts';
import { OriginDownError } from '../../src/model/failure.ts';
import { type RequestReport, reportOfFailure } from '../../src/model/request-report.ts';
import { FixedLimit, type Limit, type Sample } from '../../src/schedule/limit.ts';
import type { Pace } from '../../src/schedule/pace.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import { RunLimit } from '../../src/schedule/run-limit.ts';
import { type Reader, Scheduler, type SchedulerOptions } from '../../src/schedule/scheduler.ts';
import { abortListeners, settle } from '../concurrency/support.ts';
import { holdBack } from './held-back.ts';

const A = 'http://a';
const B = 'http://b';

/** A scheduler by a clock that the test turns forward, and who was let in by it, in order. */
function setUp(
  t: TestContext,
  maxRequests: number,
  options: (now: () => number) => Partial<SchedulerOptions> = () => ({}),
) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const clock = () => now;
  const scheduler = new Scheduler({ maxRequests, now: clock, ...options(clock) });
  const admitted: string[] = [];
  const permits = new Map<string, Permit>();
  return {
    scheduler,
    admitted,
    /** Of those that asked by {@link request} and were let in. */
    permits,
    request(origin: string, name: string) {
      scheduler.request(origin, (admission) => {
        if (admission instanceof OriginDownError) return;
        admitted.push(name);
        permits.set(name, admission);
      });
    },
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

test('Scheduler: a limit that is found is told of requests that end, and whether it held rows up', (t) => {
  const told: [boolean, boolean][] = [];
  let now = 0;
  const found = new RunLimit({ initial: 2, most: 8, now: () => now });
  const ended = t.mock.method(found, 'ended', (isAnswered: boolean, isHeldUp: boolean) => {
    told.push([isAnswered, isHeldUp]);
  });
  const { scheduler, request, permits } = setUp(t, 1, () => ({
    maxRequests: found,
    limitFor: () => new FixedLimit(2),
  }));
  assert.deepEqual([scheduler.maxRequests, scheduler.mostRequests], [2, 8]);
  const ok = { latency: 1, bytes: 1, result: 'ok' } as const;
  for (const name of ['a0', 'a1']) request(A, name);
  // The origin has what it may have: more for the run would make no difference.
  permits.get('a0')?.release(ok);
  request(B, 'b0');
  // A waits for one more than the run may have,
  request(A, 'a2');
  permits.get('b0')?.release(ok);
  // and then for nothing.
  permits.get('a1')?.release({ ...ok, result: 'overload' });
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
  assert.equal(scheduler.maxRequests, 3);
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

test('admit: a place that is free as a wait for it ends goes to nobody, and is not lost', async () => {
  for (const held of [A, B]) {
    const scheduler = new Scheduler({ maxRequests: 1 });
    const permit = await scheduler.admit(held, {});
    const stopping = new AbortController();
    const waiting = scheduler.admit(A, { signal: stopping.signal });
    await settle();
    stopping.abort(new Error('stopped'));
    // Whoever waited has not been told yet.
    permit.release();
    await assert.rejects(waiting, { message: 'stopped' });
    assert.ok(scheduler.tryAdmit(A));
  }
});

test('admit: nobody is let in once stopped, though there is room', async () => {
  const scheduler = new Scheduler({ maxRequests: 1 });
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(scheduler.admit(A, { signal }), { message: 'stopped' });
  using _permit = await scheduler.admit(A, {});
});

test('tryAdmit: a permit when there is room, and none to wait for', async (t) => {
  const { scheduler, admit, admitted } = setUp(t, 2);
  const first = scheduler.tryAdmit(A);
  const second = scheduler.tryAdmit(A);
  assert.ok(first && second);
  assert.equal(scheduler.tryAdmit(A), undefined);
  const waiting = admit(A, 'waiting');
  first.release();
  await waiting;
  assert.deepEqual(admitted, ['waiting']);
  assert.equal(scheduler.tryAdmit(A), undefined);
  second.release();
  assert.ok(scheduler.tryAdmit(A));
});

test('tryAdmit: keeps to what its origin bears, and to how soon it may be asked', async (t) => {
  const { scheduler, pass } = setUp(t, 5, () => ({ limitFor: () => new FixedLimit(1) }));
  const permit = scheduler.tryAdmit(A);
  assert.ok(permit);
  assert.equal(scheduler.tryAdmit(A), undefined);
  permit.release();
  holdBack(scheduler, A, 500);
  assert.equal(scheduler.tryAdmit(A), undefined);
  await pass(500);
  assert.ok(scheduler.tryAdmit(A));
});

test('tryAdmit: nothing before those who wait for the end of a hold', async (t) => {
  const { scheduler, request, admitted, pass } = setUp(t, 5);
  holdBack(scheduler, A, 500);
  request(A, 'row');
  assert.equal(scheduler.tryAdmit(A), undefined);
  await pass(500);
  assert.deepEqual(admitted, ['row']);
  assert.ok(scheduler.tryAdmit(A));
});

test('tryAdmit: nothing while somebody could start who waits for more to be read', (t) => {
  const { scheduler, request, admitted } = setUp(t, 4);
  request(B, 'b0');
  scheduler.readFrom(new Later());
  for (const name of ['a0', 'a1', 'a2']) request(A, name);
  assert.deepEqual([admitted, scheduler.hasRoom], [['b0', 'a0', 'a1'], true]);
  assert.equal(scheduler.tryAdmit('http://c'), undefined);
});

test('holdBack: nobody is let in to that origin until then, and others are', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  holdBack(scheduler, A, 500);
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
  holdBack(scheduler, A, 500, permit);
  await settle();
  assert.deepEqual(admitted, ['a1', 'b']);
  await pass(499);
  assert.deepEqual(admitted, ['a1', 'b']);
});

test('holdBack: a place that another origin gives back goes to none that is held', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  holdBack(scheduler, A, 500);
  const permit = await admit(B, 'b');
  admit(A, 'a');
  await settle();
  permit.release();
  await pass(499);
  assert.deepEqual(admitted, ['b']);
  await pass(1);
  assert.deepEqual(admitted, ['b', 'a']);
});

test('holdBack: those held go on in their order, no more at a time than otherwise', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 2);
  holdBack(scheduler, A, 500);
  const admissions = ['0', '1', '2'].map((name) => admit(A, name));
  await pass(500);
  assert.deepEqual(admitted, ['0', '1']);
  (await admissions[0])?.release();
  await settle();
  assert.deepEqual(admitted, ['0', '1', '2']);
});

test('holdBack: one that asks for longer meanwhile holds those who wait already', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 2);
  const late = await scheduler.admit(A, {});
  holdBack(scheduler, A, 500);
  admit(A, 'a');
  await pass(400);
  holdBack(scheduler, A, 500, late);
  await pass(499);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('holdBack: a wait that its signal ends leaves no listener, and no timer', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 1);
  holdBack(scheduler, A, 500);
  const stopping = new AbortController();
  const waiting = scheduler.admit(A, { signal: stopping.signal });
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

test('admit: a task that is cancelled gives its place up', async () => {
  const scheduler = new Scheduler({ maxRequests: 1 });
  const permit = await scheduler.admit(A, {});
  const task = createTask(() => scheduler.admit(A, {}));
  await settle();
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  permit.release();
  assert.equal(scheduler.hasRoom, true);
});

test('holdBack: the longest of several holds counts', async (t) => {
  const { scheduler, admit, admitted, pass } = setUp(t, 2);
  const other = await scheduler.admit(A, {});
  holdBack(scheduler, A, 500);
  holdBack(scheduler, A, 200, other);
  admit(A, 'a');
  await pass(499);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('holdBack: by more than a timer can count is not by nothing', async (t) => {
  const month = 31 * 24 * 3_600_000;
  const retries = { tries: 4, backoff: { base: 1_000, max: month }, random: () => 0.5 };
  const { scheduler, request, admitted, pass } = setUp(t, 1, () => ({ retries }));
  const longest = 2 ** 31 - 1;
  const set = t.mock.method(globalThis, 'setTimeout');
  holdBack(scheduler, A, month);
  request(A, 'a');
  // The real one takes a longer time for none at all.
  assert.ok(set.mock.calls.every(({ arguments: [, ms] }) => Number(ms) <= longest));
  await pass(longest);
  await pass(month - longest - 1);
  assert.deepEqual(admitted, []);
  await pass(1);
  assert.deepEqual(admitted, ['a']);
});

test('request: is granted at once while there is room, and in the order it came after that', (t) => {
  const { request, admitted, permits } = setUp(t, 2);
  for (const name of ['0', '1', '2', '3']) request(A, name);
  assert.deepEqual(admitted, ['0', '1']);
  permits.get('1')?.release();
  assert.deepEqual(admitted, ['0', '1', '2']);
  permits.get('0')?.release();
  assert.deepEqual(admitted, ['0', '1', '2', '3']);
});

test('request: what the claim asks for on its part has its turn after those who wait', (t) => {
  const { scheduler, request, admitted } = setUp(t, 3);
  scheduler.request(A, () => {
    admitted.push('first');
    request(A, 'asked by the first');
  });
  assert.deepEqual(admitted, ['first', 'asked by the first']);
});

test('Scheduler: later tries go before first ones of the same origin', async (t) => {
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

test('Scheduler: later tries, too, go to the origin with the fewest in flight', async (t) => {
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

test('Scheduler: the origin with the fewest requests in flight is next, whoever came first', (t) => {
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

test('Scheduler: origins that have as many in flight as each other take turns', (t) => {
  const { request, admitted, permits } = setUp(t, 1);
  const names = ['a0', 'a1', 'b0', 'b1', 'c0', 'c1'];
  for (const name of names) request(`http://${name[0]}`, name);
  for (let n = 0; n < names.length; n++) permits.get(admitted[n] as string)?.release();
  assert.deepEqual(admitted, ['a0', 'b0', 'c0', 'a1', 'b1', 'c1']);
});

test('release: twice gives one place back', (t) => {
  const { scheduler, request, admitted, permits } = setUp(t, 1);
  for (const name of ['0', '1', '2']) request(A, name);
  permits.get('0')?.release();
  permits.get('0')?.release();
  assert.deepEqual(admitted, ['0', '1']);
  permits.get('1')?.[Symbol.dispose]();
  permits.get('2')?.release();
  assert.equal(scheduler.hasRoom, true);
});

/** A limit that does as it is told, and notes what it is told. */
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

test('limitFor: no origin has more in flight than its limit, and the others are not held up', (t) => {
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

test('limitFor: holds for later tries as well', async (t) => {
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

test('limitFor: a limit that changes counts from the next request on', (t) => {
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

test('limitFor: a limit is told what each request told, when it was, and among how many', async (t) => {
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

test('pacesFor: requests to an origin follow each other no sooner than its slowest pace', async (t) => {
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

test('pacesFor: a pace may learn from what a request told', async (t) => {
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

test('withdraw: those that have not been let in never are, but later tries are', async (t) => {
  const { scheduler, request, admit, admitted, permits, pass } = setUp(t, 1);
  holdBack(scheduler, B, 500);
  request(A, 'a0');
  request(A, 'a1');
  request(B, 'b0');
  const again = admit(A, 'again');
  scheduler.withdraw();
  permits.get('a0')?.release();
  (await again).release();
  await pass(500);
  assert.deepEqual(admitted, ['a0', 'again']);
  // Who comes afterwards is none of them.
  request(B, 'b1');
  assert.equal(admitted.at(-1), 'b1');
});

test('withdraw: no timer is left for those that waited', async (t) => {
  const { scheduler, request } = setUp(t, 1);
  const clear = t.mock.method(globalThis, 'clearTimeout');
  holdBack(scheduler, A, 500);
  request(A, 'a');
  const before = clear.mock.callCount();
  scheduler.withdraw();
  assert.ok(clear.mock.callCount() > before);
});

/** A scheduler that notes which origins it makes a limit for, and what makes `times` requests to one. */
function setUpVisits(t: TestContext) {
  const made: string[] = [];
  const { scheduler } = setUp(t, 32, () => ({
    limitFor(origin) {
      made.push(origin);
      return new FixedLimit(32);
    },
  }));
  const visit = (origin: string, times = 1) => {
    const permits = Array.from({ length: times }, () => scheduler.tryAdmit(origin));
    for (const permit of permits) permit?.release({ latency: 1, bytes: 1, result: 'ok' });
  };
  return { scheduler, made, visit };
}

test('Scheduler: an origin that few rows went to is forgotten at once', (t) => {
  const { made, visit } = setUpVisits(t);
  visit(A);
  visit(A);
  assert.deepEqual(made, [A, A]);
});

test('Scheduler: of origins that many rows went to it remembers the latest thousand', (t) => {
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

test('Scheduler: an origin that asked for a pause is remembered', (t) => {
  const { scheduler, made } = setUpVisits(t);
  holdBack(scheduler, A, 500);
  assert.equal(scheduler.tryAdmit(A), undefined);
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
  const ended: unknown[] = [];
  refuse(set.scheduler.tryAdmit(A));
  const again = set.scheduler.admit(A, {});
  for (let row = 0; row < 3; row++) set.scheduler.request(A, (admission) => ended.push(admission));
  return { ...set, ended, again };
}

test('Scheduler: an origin without connections is probed by one row, and the others wait', async (t) => {
  const { again, ended, pass, scheduler } = await setUpDead(t);
  await pass(499);
  assert.equal(scheduler.isOpen(A), false);
  assert.deepEqual([...scheduler.loads()][0]?.inFlight, 0);
  await pass(1);
  refuse(await again);
  assert.equal(ended.length, 0);
  assert.equal(scheduler.hasRoom, true);
});

test('Scheduler: once the tries are spent, all rows of the origin end, and so do later ones', async (t) => {
  const { again, ended, pass, scheduler } = await setUpDead(t);
  await pass(500);
  refuse(await again);
  const last = scheduler.admit(A, {});
  const waiting = scheduler.admit(A, {});
  await pass(1_000);
  refuse(await last);
  const error = await waiting.catch((reason: unknown) => reason);
  assert.ok(error instanceof OriginDownError);
  assert.deepEqual([error.reason, ended], ['connect', [error, error, error]]);
  await assert.rejects(scheduler.admit(A, {}), (reason) => reason === error);
  scheduler.request(A, (admission) => ended.push(admission));
  assert.equal(ended[3], error);
  assert.equal(scheduler.tryAdmit(A), undefined);
  // Five minutes later it is as good as any.
  await pass(300_000);
  assert.ok(scheduler.tryAdmit(A));
});

test('Scheduler: an answer to a request from before makes an origin of one that was given up', async (t) => {
  const retries = { tries: 1, backoff: { base: 1_000, max: 60_000 }, random: () => 0.5 };
  const { scheduler } = setUp(t, 2, () => ({ retries }));
  const slow = scheduler.tryAdmit(A);
  refuse(scheduler.tryAdmit(A));
  await assert.rejects(scheduler.admit(A, {}), { name: 'OriginDownError' });
  slow?.release({ latency: 1, bytes: 1, result: 'ok' });
  (await scheduler.admit(A, {})).release();
});

/** Reads when it is asked to, and answers later. */
class Later implements Reader {
  mayRead = true;
  asked = 0;

  read(): void {
    this.asked++;
  }
}

test('readFrom: more is read whenever there is room that nobody who waits may have', (t) => {
  const { scheduler, request, permits } = setUp(t, 1);
  const reader = new Later();
  scheduler.readFrom(reader);
  request(A, 'a0');
  request(A, 'a1');
  assert.equal(reader.asked, 0);
  permits.get('a0')?.release();
  assert.equal(reader.asked, 0);
  permits.get('a1')?.release();
  assert.equal(reader.asked, 1);
});

test('readFrom: an origin that has its share waits until more is read, and others go first', (t) => {
  const { scheduler, request, admitted } = setUp(t, 4);
  const reader = new Later();
  request(B, 'b0');
  scheduler.readFrom(reader);
  for (const name of ['a0', 'a1', 'a2']) request(A, name);
  // Of four requests two are the share of each.
  assert.deepEqual(admitted, ['b0', 'a0', 'a1']);
  const { asked } = reader;
  assert.ok(asked > 0);
  request('http://c', 'c0');
  assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'c0']);
});

test('readFrom: where there is no list, nobody waits for more of it', (t) => {
  const { request, admitted } = setUp(t, 4);
  request(B, 'b0');
  for (const name of ['a0', 'a1', 'a2']) request(A, name);
  assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'a2']);
});

test('readFrom: an origin that has its share has more once nothing else can be found', (t) => {
  const { scheduler, request, admitted } = setUp(t, 4);
  const reader = new Later();
  request(B, 'b0');
  scheduler.readFrom(reader);
  for (const name of ['a0', 'a1', 'a2', 'a3']) request(A, name);
  assert.deepEqual(admitted, ['b0', 'a0', 'a1']);
  reader.mayRead = false;
  scheduler.advance();
  assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'a2']);
});

test('readFrom: a later try waits for nothing that may be read', async (t) => {
  const { scheduler, request, admit, admitted } = setUp(t, 4);
  const reader = new Later();
  request(B, 'b0');
  scheduler.readFrom(reader);
  for (const name of ['a0', 'a1']) request(A, name);
  await admit(A, 'again');
  assert.deepEqual(admitted, ['b0', 'a0', 'a1', 'again']);
});

test('loads: the origins that are asked or waited for, and what they may have', async (t) => {
  const { scheduler, request, permits } = setUp(t, 2, () => ({
    limitFor: (origin) => new FixedLimit(origin === A ? 1 : 5),
  }));
  request(A, 'a');
  request(A, 'waits');
  assert.deepEqual([...scheduler.loads()], [{ inFlight: 1, allowed: 1 }]);
  request(B, 'b');
  assert.deepEqual(
    [...scheduler.loads()],
    [
      { inFlight: 1, allowed: 1 },
      { inFlight: 1, allowed: 5 },
    ],
  );
  permits.get('b')?.release();
  assert.deepEqual([...scheduler.loads()], [{ inFlight: 1, allowed: 1 }]);
});

test('loads: an origin that is left alone while somebody waits for it', (t) => {
  const { scheduler, request } = setUp(t, 2);
  holdBack(scheduler, A, 500);
  assert.deepEqual([...scheduler.loads()], []);
  request(A, 'a');
  const allowed = Number.POSITIVE_INFINITY;
  assert.deepEqual([...scheduler.loads()], [{ inFlight: 0, allowed }]);
});
