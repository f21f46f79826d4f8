import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LearnedRate } from '../../src/schedule/learned-rate.ts';
import type { Sample } from '../../src/schedule/limit.ts';

/** Requests one after another, 10 ms apart, each answered after 20. */
function setUp() {
  let now = 0;
  const rate = new LearnedRate({ now: () => now });
  const finish = (result: Sample['result'], inFlight = 2) =>
    rate.finished({ latency: 20, bytes: 1, inFlight, result, sentAt: now - 20, endedAt: now });
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

test('LearnedRate: there is none until something is refused', () => {
  const { rate, answers } = setUp();
  answers(1_000);
  assert.equal(rate.remaining, 0);
});

test('LearnedRate: a refusal with few in flight slows down to less than was asked for', () => {
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

test('LearnedRate: failures that say nothing of the load change nothing', () => {
  const { rate, finish, answers } = setUp();
  finish('ok', 20);
  answers(50);
  finish('failed', 1);
  rate.started();
  assert.equal(rate.remaining, 0);
});

test('LearnedRate: goes back near to what was refused, and waits there', () => {
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
