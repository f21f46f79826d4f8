import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OriginDownError } from '../../src/model/failure.ts';
import type { RequestReport } from '../../src/model/request-report.ts';
import { AdaptiveLimit } from '../../src/schedule/limits/adaptive-limit.ts';
import { FixedLimit } from '../../src/schedule/limits/limit.ts';
import { FixedPace } from '../../src/schedule/pace/fixed-pace.ts';
import type { OriginShare, SharedLimits, SharedOrigins } from '../../src/schedule/shared-limits.ts';
import { A, B, OK, setUp } from './queue-set-up.ts';

const PAUSE: RequestReport = {
  latency: 1,
  bytes: 0,
  result: 'overload',
  sign: 'refused',
  retryAfter: 2_000,
  isSaid: true,
};
const UNREACHABLE: RequestReport = {
  latency: 1,
  bytes: 0,
  result: 'failed',
  sign: 'unreachable',
  cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
};

/** Shared limits whose shares the test sets, and what they were told. */
class Shares implements SharedLimits {
  readonly told: string[] = [];
  readonly shares = new Map<string, { requests: number; pace?: OriginShare['pace'] }>();
  origins!: SharedOrigins;

  begin(origins: SharedOrigins): void {
    this.origins = origins;
  }

  enter(origin: string): OriginShare {
    this.told.push(`enter ${origin}`);
    return this.of(origin);
  }

  leave(origin: string): void {
    this.told.push(`leave ${origin}`);
  }

  paused(origin: string, until: number): void {
    this.told.push(`paused ${origin} ${until}`);
  }

  held(origin: string): void {
    this.told.push(`held ${origin}`);
  }

  recovered(origin: string): void {
    this.told.push(`recovered ${origin}`);
  }

  down(origin: string): void {
    this.told.push(`down ${origin}`);
  }

  of(origin: string) {
    const share = this.shares.get(origin) ?? { requests: 0 };
    this.shares.set(origin, share);
    return share;
  }

  set(origin: string, requests: number): void {
    this.of(origin).requests = requests;
    this.origins.changed(origin);
  }
}

test('SharedSteering: an origin gets no more requests than its share, and none before it has one', (t) => {
  const shared = new Shares();
  const limitFor = () => new FixedLimit(4);
  const { queue, request, collect, admitted, permits } = setUp(t, 10, () => ({ shared, limitFor }));
  for (const name of ['1', '2', '3', '4', '5']) request(A, name);
  assert.deepEqual(admitted, []);
  assert.equal(queue.tryAdmit(A), undefined);
  shared.set(A, 1);
  collect();
  assert.deepEqual(admitted, ['1']);
  shared.set(A, 3);
  collect();
  assert.deepEqual(admitted, ['1', '2', '3']);
  assert.equal(shared.origins.inFlight(A), 3);
  shared.set(A, 1);
  permits.get('1')?.release(OK);
  permits.get('2')?.release(OK);
  assert.equal(admitted.length, 3);
  permits.get('3')?.release(OK);
  assert.deepEqual(admitted, ['1', '2', '3', '4']);
  // The share may allow more than the run's own limit does.
  shared.set(A, 9);
  collect();
  assert.deepEqual(admitted, ['1', '2', '3', '4', '5']);
  assert.deepEqual(shared.told, [`enter ${A}`]);
});

test('SharedSteering: a share that has run out stops a request that was about to start', (t) => {
  const shared = new Shares();
  const { request, collect, admitted, permits } = setUp(t, 1, () => ({ shared }));
  shared.of(A).requests = 5;
  request(A, '1');
  request(A, '2');
  // Unannounced: the lease has run out by the clock.
  shared.of(A).requests = 0;
  permits.get('1')?.release(OK);
  assert.deepEqual(admitted, ['1']);
  shared.set(A, 5);
  collect();
  assert.deepEqual(admitted, ['1', '2']);
});

test('SharedSteering: an origin is left with its last row, and entered again with the next', (t) => {
  const shared = new Shares();
  shared.of(A).requests = 1;
  const { request, permits } = setUp(t, 5, () => ({ shared }));
  request(A, '1');
  request(A, '2');
  permits.get('1')?.release(OK);
  permits.get('2')?.release(OK);
  request(A, '3');
  assert.deepEqual(shared.told, [`enter ${A}`, `leave ${A}`, `enter ${A}`]);
});

test('SharedSteering: the rate of a share holds, also once it is lowered', async (t) => {
  const shared = new Shares();
  const { request, admitted, pass } = setUp(t, 9, (now) => {
    shared.shares.set(A, { requests: 9, pace: new FixedPace(1, now) });
    return { shared };
  });
  for (const name of ['1', '2', '3']) request(A, name);
  assert.deepEqual(admitted, ['1']);
  await pass(999);
  assert.deepEqual(admitted, ['1']);
  await pass(1);
  assert.deepEqual(admitted, ['1', '2']);
});

test('SharedSteering.demand: rows and requests, up to what the origin is known to take', (t) => {
  const shared = new Shares();
  shared.of(A).requests = 2;
  const limitFor = () => new FixedLimit(4);
  const { request } = setUp(t, 100, () => ({ shared, limitFor }));
  request(B, 'unknown');
  request(B, 'unknown, too');
  assert.equal(shared.origins.demand(B), 2);
  for (let n = 0; n < 3; n++) request(A, `${n}`);
  assert.equal(shared.origins.demand(A), 3);
  for (let n = 0; n < 9; n++) request(A, `${n}`);
  assert.equal(shared.origins.demand(A), 5);
  assert.equal(shared.origins.demand('http://none'), 0);
});

test('SharedSteering: a learned limit stays within the share', async (t) => {
  const shared = new Shares();
  shared.of(A).requests = 3;
  const { queue, request, permits, pass } = setUp(t, 500, (now) => ({
    shared,
    limitFor: () => new AdaptiveLimit({ max: 256, now }),
  }));
  for (let n = 0; n < 200; n++) request(A, `${n}`);
  for (let n = 0; n < 6; n++) {
    await pass(1);
    permits.get(`${n}`)?.release(OK);
  }
  shared.of(A).requests = 200;
  // Not announced yet. Each answer of a start lets three more requests start, from 8 on.
  assert.deepEqual([...queue.loads()][0]?.allowed, 3);
});

test('SharedSteering: reports a Retry-After, a hold and its end', async (t) => {
  const shared = new Shares();
  shared.of(A).requests = 1;
  const { request, permits, pass } = setUp(t, 1, () => ({ shared }));
  request(A, '1');
  request(A, '2');
  permits.get('1')?.release(PAUSE);
  assert.deepEqual(shared.told.slice(1), [`paused ${A} 2000`]);
  await pass(2_000);
  request(A, '3');
  permits.get('2')?.release(PAUSE);
  assert.deepEqual(shared.told.slice(2), [`held ${A}`]);
  await pass(2_000);
  permits.get('3')?.release(OK);
  assert.deepEqual(shared.told.slice(3), [`recovered ${A}`, `leave ${A}`]);
});

test('SharedSteering: reports an origin that is given up, and why', async (t) => {
  const shared = new Shares();
  shared.of(A).requests = 1;
  const retries = { tries: 1, backoff: { base: 1, max: 1 }, random: () => 1 };
  const { request, permits, refused } = setUp(t, 1, () => ({ shared, retries }));
  const down = t.mock.method(shared, 'down');
  request(A, '1');
  request(A, '2');
  permits.get('1')?.release(UNREACHABLE);
  assert.equal(refused.length, 1);
  assert.deepEqual(down.mock.calls[0]?.arguments, [
    A,
    { cause: UNREACHABLE.cause, since: 0, answeredAt: Number.NEGATIVE_INFINITY },
  ]);
});

test('SharedOrigins.hold: no request before its end, or before it is ended', async (t) => {
  const shared = new Shares();
  shared.of(A).requests = 9;
  shared.of(B).requests = 9;
  const { request, collect, admitted, permits, pass } = setUp(t, 9, () => ({ shared }));
  request(A, '1');
  shared.origins.hold(A, 1_000);
  for (const name of ['2', '3', '4', '5']) request(A, name);
  await pass(999);
  assert.deepEqual(admitted, ['1']);
  await pass(1);
  assert.deepEqual(admitted, ['1', '2', '3', '4', '5']);
  // One that another run holds begins with few requests once it answers there.
  request(B, 'b1');
  shared.origins.hold(B, 9_000, 0);
  for (const name of ['b2', 'b3', 'b4', 'b5']) request(B, name);
  shared.origins.resume(B);
  collect();
  assert.deepEqual(admitted.slice(5), ['b1', 'b2', 'b3']);
  permits.get('b2')?.release(OK);
  assert.deepEqual(admitted.slice(5), ['b1', 'b2', 'b3', 'b4', 'b5']);
});

test('SharedOrigins.giveUp: rows end with the cause of the other run, until a time', async (t) => {
  const shared = new Shares();
  shared.of(A).requests = 1;
  const { request, admitted, refused, pass } = setUp(t, 9, () => ({ shared }));
  const cause = Object.assign(new Error('gone'), { reason: 'dns-not-found' });
  for (const name of ['1', '2', '3']) request(A, name);
  shared.origins.giveUp(A, cause, 5_000, 0);
  request(A, '4');
  assert.deepEqual(admitted, ['1']);
  const [error] = refused;
  assert.ok(error instanceof OriginDownError);
  assert.equal(error.reason, 'dns-not-found');
  await pass(1);
  assert.equal(refused.length, 3);
  await pass(5_000);
  request(A, '5');
  assert.deepEqual(admitted, ['1', '5']);
});

test('SharedOrigins.giveUp, hold: an answer to this run since then contradicts them', async (t) => {
  const shared = new Shares();
  shared.of(A).requests = 1;
  const { request, admitted, refused, permits, pass } = setUp(t, 9, () => ({ shared }));
  await pass(100);
  for (const name of ['1', '2', '3']) request(A, name);
  permits.get('1')?.release(OK);
  shared.origins.giveUp(A, new Error('gone'), 5_000, 50);
  shared.origins.hold(A, 9_000, 50);
  permits.get('2')?.release(OK);
  assert.deepEqual(admitted, ['1', '2', '3']);
  assert.deepEqual(refused, []);
  // But a server that asks for a pause means all.
  shared.origins.hold(A, 9_000);
  request(A, '4');
  permits.get('3')?.release(OK);
  assert.equal(admitted.length, 3);
});
