import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BaselineErrorRate } from '../../../src/schedule/limits/baseline-error-rate.ts';
import type { Sample } from '../../../src/schedule/limits/limit.ts';
import { LearnedRate } from '../../../src/schedule/pace/learned-rate.ts';

/** Requests one after another, 10 ms apart, each answered after 20. */
function setUp() {
  let now = 0;
  const rate = new LearnedRate({ now: () => now });
  const finish = (result: Sample['result'], inFlight = 2) => {
    // A 429 is always for the load, whatever the BaselineErrorRate is.
    const isSaid = result === 'overload';
    const sentAt = now - 20;
    rate.finished({ latency: 20, bytes: 1, inFlight, result, isSaid, sentAt, endedAt: now });
  };
  return {
    rate,
    finish,
    pass: (ms: number) => {
      now += ms;
    },
    answers(count: number) {
      for (let i = 0; i < count; i++) {
        now += 10;
        rate.started();
        finish('ok');
      }
    },
  };
}

test('LearnedRate: Infinity until a request is refused', () => {
  const { rate, answers } = setUp();
  answers(1_000);
  assert.equal(rate.remaining, 0);
});

test('LearnedRate: a refusal with few in flight slows requests down to below the refused rate', () => {
  const { rate, finish, answers } = setUp();
  finish('ok', 20);
  answers(50);
  finish('overload', 2);
  rate.started();
  assert.ok(rate.remaining > 10 && rate.remaining < 30, `${rate.remaining}`);
});

test('LearnedRate: a refusal with as many in flight as ever is not for the rate', () => {
  const { rate, finish, answers } = setUp();
  answers(50);
  finish('overload', 2);
  rate.started();
  assert.equal(rate.remaining, 0);
});

test('LearnedRate: failures that say nothing about the load change nothing', () => {
  const { rate, finish, answers } = setUp();
  finish('ok', 20);
  answers(50);
  finish('failed', 1);
  rate.started();
  assert.equal(rate.remaining, 0);
});

test('LearnedRate: recovers to near the refused rate, and stays there', () => {
  const { rate, finish, answers, pass } = setUp();
  finish('ok', 20);
  answers(50);
  finish('overload', 2);
  answers(150);
  pass(1_000);
  rate.started();
  // 10 ms apart were refused: a bit more than that.
  assert.ok(rate.remaining > 10 - 5 && rate.remaining < 12, `${rate.remaining}`);
});

/** A baseline that records its samples, and answers as the test says. */
class Told extends BaselineErrorRate {
  readonly loads: (number | undefined)[] = [];
  isAsAlways = false;
  clear = () => {};
  override get isUsual(): boolean {
    return this.isAsAlways;
  }
  override whenFound(clear: () => void): void {
    this.clear = clear;
  }
  override finished(_: Sample, load: number | undefined): void {
    this.loads.push(load);
  }
}

/** A rate that has just been learned: 1 in some 12 ms. */
function setUpTold() {
  let now = 1_000;
  const baseline = new Told();
  const rate = new LearnedRate({ now: () => now, baseline });
  const finish = (result: Sample['result'], sentAt = now - 20) =>
    rate.finished({ latency: 20, bytes: 1, inFlight: 2, result, sentAt, endedAt: now });
  rate.finished({ latency: 20, bytes: 1, inFlight: 20, result: 'ok', sentAt: 980, endedAt: now });
  for (let i = 0; i < 50; i++) {
    now += 10;
    finish('ok');
  }
  finish('overload');
  return { baseline, rate, finish, now: () => now, pass: (ms: number) => (now += ms) };
}

test('LearnedRate: tells the baseline the rate of requests that were sent under it only', () => {
  const { baseline, finish, now, pass } = setUpTold();
  assert.ok(baseline.loads.every((load) => load === undefined));
  baseline.loads.length = 0;
  const slowedAt = now();
  pass(30);
  finish('ok', slowedAt - 1);
  finish('ok', slowedAt);
  finish('failed', slowedAt + 1);
  const [before, first, second] = baseline.loads;
  assert.equal(before, undefined);
  assert.ok(first !== undefined && first > 0.05 && first < 0.1, `${first}`);
  assert.ok(second !== undefined && second >= first);
});

test('LearnedRate: refusals that come at any load change nothing', () => {
  const { baseline, rate, finish, pass } = setUpTold();
  pass(1_000);
  rate.started();
  const { remaining } = rate;
  baseline.isAsAlways = true;
  pass(1_000);
  finish('overload');
  rate.started();
  assert.equal(rate.remaining, remaining);
});

test('LearnedRate: Infinity again once a baseline is found', () => {
  const { baseline, rate } = setUpTold();
  rate.started();
  assert.ok(rate.remaining > 0);
  baseline.clear();
  assert.equal(rate.remaining, 0);
  for (let i = 0; i < 5; i++) rate.started();
  assert.equal(rate.remaining, 0);
});
