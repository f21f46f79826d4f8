// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBlocked } from '../../bench/model-servers/simulation/block-run.ts';
import { BLOCKED, DEAD } from '../../bench/model-servers/simulation/blocks.ts';
import { learning } from '../../bench/model-servers/simulation/learning.ts';
import { simulate } from '../../bench/model-servers/simulation/simulate.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import { type RequestReport, reportOfFailure } from '../../src/model/request-report.ts';
import type { Limit, Sample } from '../../src/schedule/limits/limit.ts';
import { OriginHealth } from '../../src/schedule/origin-health.ts';
import { OriginQueue } from '../../src/schedule/origin-queue.ts';

for (const model of BLOCKED) {
  test(`OriginQueue: ${model.title}: 80 % of the best, and no row is lost`, () => {
    for (const maxRequests of ['auto', 8, 1] as const) {
      const { ofBest, lost } = runBlocked(model, maxRequests, 1);
      assert.ok(ofBest >= 0.8, `-m ${maxRequests}: ${ofBest.toFixed(3)} of the best`);
      assert.equal(lost, 0, `-m ${maxRequests}`);
    }
  });
}

test('OriginQueue: 10,000 rows of a dead origin take the requests and the time of one row', () => {
  const control = (now: () => number) => learning({ max: 256, now });
  const { requests, lost, elapsed } = simulate(DEAD, control, { rows: 10_000, seed: 1 });
  // The first try is of eight rows at once.
  assert.deepEqual([requests, lost], [11, 20_000]);
  assert.ok(elapsed < 7_000 + 11 * 20, `${elapsed} ms`);
});

const OK: RequestReport = { latency: 50, bytes: 1, result: 'ok' };
const busy = reportOfFailure(new HttpStatusError(503), 50);

/** An origin, by a clock that the test sets, and the samples of its limit. */
function setUp() {
  const told: string[] = [];
  const limit: Limit = {
    current: 4,
    finished: ({ result }: Sample) => told.push(result),
    checkpoint: () => () => told.push('back'),
  };
  const retries = { tries: 4, backoff: { base: 1_000, max: 60_000 }, random: () => 0.5 };
  const health = new OriginHealth(retries);
  const origin = new OriginQueue('http://a', () => ({ limit, paces: [], health }));
  let now = 0;
  const send = () => {
    origin.started(now);
    const start = { sentAt: now, inFlight: origin.inFlight, epoch: health.epoch };
    return (report?: RequestReport) => origin.ended(report, start, now);
  };
  const ask = (report: RequestReport, times = 1) => {
    for (let n = 0; n < times; n++) {
      now = Math.max(now, origin.notBefore);
      const end = send();
      now += 50;
      end(report);
    }
  };
  return { origin, health, told, send, ask };
}

test('OriginQueue: has room while its limit and its health say so', () => {
  const { origin, send, ask } = setUp();
  const ends = Array.from({ length: 4 }, send);
  assert.equal(origin.hasRoom, false);
  for (const end of ends) end(OK);
  ask(busy, 9);
  assert.equal(origin.hasRoom, true);
  send();
  assert.equal(origin.hasRoom, false);
});

test('OriginQueue: nothing is learned from a block, nor from probes', () => {
  const { origin, health, told, ask } = setUp();
  ask(OK);
  ask(busy, 8);
  assert.deepEqual(told, ['ok', ...Array(8).fill('overload')]);
  told.length = 0;
  ask(busy, 4);
  assert.deepEqual([health.state, told], ['held', []]);
  ask(OK);
  assert.deepEqual([health.state, told], ['recovering', ['back', 'ok']]);
  assert.ok(origin.notBefore === 0);
});

test('OriginQueue: refusals among answers are learned from', () => {
  const { told, ask } = setUp();
  for (let n = 0; n < 5; n++) {
    ask(OK);
    ask(busy, 3);
  }
  ask(OK);
  assert.ok(!told.includes('back'));
});

test('OriginQueue: nothing is learned from refusals while it recovers', () => {
  const { told, ask } = setUp();
  ask(OK);
  ask(busy, 9);
  ask(OK);
  told.length = 0;
  ask(busy);
  ask(OK);
  assert.deepEqual(told, ['ok']);
});

test('OriginQueue: an origin that is well, with few requests so far, is forgettable', () => {
  const { origin, ask } = setUp();
  assert.equal(origin.isForgettable, true);
  ask(OK);
  ask(busy);
  assert.equal(origin.isForgettable, false);
  ask(OK);
  assert.equal(origin.isForgettable, true);
  ask(OK, 30);
  assert.equal(origin.isForgettable, false);
});
