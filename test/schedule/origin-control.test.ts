import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestReport } from '../../src/model/request-report.ts';
import { FixedLimit, type Limit, type Sample } from '../../src/schedule/limits/limit.ts';
import type { Pace } from '../../src/schedule/pace/pace.ts';
import { settle } from '../concurrency/support.ts';
import { A, B, setUp } from './queue-set-up.ts';

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
  // A request without a report gives no sample.
  request(A, '2');
  permits.get('2')?.release();
  assert.equal(limit.samples.length, 2);
});

/** A pace that leaves `ms` between two requests, and those of `afterwards` after each that is over. */
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
