// The numbers by which a learned rate comes down and goes up again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '../../../src/schedule/limits/limit.ts';
import { LearnedRate } from '../../../src/schedule/pace/learned-rate.ts';

/** What a test of the numbers says about a request; the rest does not matter to it. */
interface Told {
  readonly result?: Sample['result'];
  /** How long before its end it was sent, in ms. */
  readonly duration?: number;
  readonly inFlight?: number;
}

/** A rate, by a clock that the test moves, and the interval between its requests. */
function measured() {
  let now = 0;
  const rate = new LearnedRate({ now: () => now });
  const tell = ({ result = 'ok', duration = 0, inFlight = 10 }: Told = {}) => {
    // A 429 is always for the load, whatever the BaselineErrorRate is.
    const isSaid = result === 'overload';
    const sentAt = now - duration;
    rate.finished({ latency: 1, bytes: 1, inFlight, result, isSaid, sentAt, endedAt: now });
  };
  return {
    rate,
    tell,
    pass: (ms: number) => {
      now += ms;
    },
    /** `count` answers, one each `every` ms. */
    answers(count: number, every: number, told: Told = {}) {
      for (let i = 0; i < count; i++) {
        now += every;
        tell(told);
      }
    },
    refuse: (inFlight = 1) => tell({ result: 'overload', inFlight }),
    /** In ms; the clock stands a second later for it. */
    interval(): number {
      // Long after the last request, only the tolerance of 5 ms counts.
      now += 1_000;
      rate.started();
      return rate.remaining + 5;
    },
  };
}

function assertClose(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6 * expected, `${actual} is not ${expected}`);
}

test('LearnedRate: requests are due one interval after another, and a late one may catch up 5 ms', () => {
  const { rate, answers, refuse, pass, interval } = measured();
  answers(40, 10);
  refuse();
  // 100 a second were refused: 60 are tried.
  assertClose(interval(), 10 / 0.6);
  rate.started();
  assertClose(rate.remaining, 2 * (10 / 0.6) - 5);
  pass(10);
  assertClose(rate.remaining, 2 * (10 / 0.6) - 15);
  pass(1_000);
  assert.equal(rate.remaining, 0);
});

test('LearnedRate: the refused rate is measured over the latest 32 answers', () => {
  const { answers, refuse, interval } = measured();
  answers(40, 90);
  answers(30, 10);
  refuse();
  // Between them 31 intervals: a long one, and thirty short ones.
  assertClose(interval(), (90 + 30 * 10) / 31 / 0.6);
});

test('LearnedRate: with fewer than 8 answers the refused rate comes from how long they took', () => {
  const few = measured();
  few.answers(7, 50, { duration: 100 });
  few.refuse();
  // Ten in flight at a time, 100 ms each.
  assertClose(few.interval(), 10 / 0.6);
  const more = measured();
  more.answers(8, 50, { duration: 100 });
  more.refuse();
  assertClose(more.interval(), 50 / 0.6);
});

test('LearnedRate: how long answers take is a mean in which the latest has a tenth', () => {
  const { tell, pass, refuse, interval } = measured();
  pass(1_000);
  tell({ duration: 100, inFlight: 11 });
  tell({ duration: 200, inFlight: 3 });
  refuse();
  assertClose(interval(), 110 / 11 / 0.6);
});

test('LearnedRate: the first refusal is for the rate with 60 % in flight of what went well', () => {
  const { answers, refuse, interval } = measured();
  answers(10, 10);
  refuse(7);
  assertClose(interval(), 5);
  answers(10, 10);
  refuse(6);
  assertClose(interval(), 10 / 0.6);
});

test('LearnedRate: once there is a rate, each refusal is for it, however many are in flight', () => {
  const { answers, refuse, interval } = measured();
  answers(10, 10);
  refuse(1);
  refuse(10);
  // 60 % of the rate of the requests sent, and 60 % of that: the other answers are forgotten.
  assertClose(interval(), 10 / 0.6 / 0.6);
});

test('LearnedRate: a refusal of a request sent before it came down tells nothing new', () => {
  const { tell, answers, refuse, pass, interval } = measured();
  answers(10, 10);
  refuse();
  pass(50);
  tell({ result: 'overload', duration: 51 });
  assertClose(interval(), 10 / 0.6);
  const next = measured();
  next.answers(10, 10);
  next.refuse();
  next.pass(50);
  next.tell({ result: 'overload', duration: 50 });
  assertClose(next.interval(), 10 / 0.6 / 0.6);
});

test('LearnedRate: a refusal of the very first request counts', () => {
  const { tell, pass, interval } = measured();
  pass(100);
  tell({ duration: 100 });
  tell({ result: 'overload', duration: 100, inFlight: 1 });
  assertClose(interval(), 10 / 0.6);
});

test('LearnedRate: without an answer that took time no rate is learned', () => {
  const { tell, rate, pass, refuse } = measured();
  tell();
  refuse();
  for (let i = 0; i < 20; i++) {
    rate.started();
    assert.equal(rate.remaining, 0);
    pass(1);
  }
});

/** The interval after a refusal at 100 requests a second and `count` answers since. */
function intervalAfter(count: number, every = 10): number {
  const { answers, refuse, interval } = measured();
  answers(40, 10);
  refuse();
  answers(count, every);
  return interval();
}

test('LearnedRate: goes back by a thirtieth of the way, to 93 % of what was refused', () => {
  assertClose(intervalAfter(1), 1 / (0.06 + 0.04 / 30));
  assertClose(intervalAfter(2), 1 / (0.06 + (0.04 / 30) * (1 + 29 / 30)));
  assertClose(intervalAfter(100), 1 / 0.093);
});

test('LearnedRate: after 200 answers there it probes for more, by more each time', () => {
  assertClose(intervalAfter(200), 1 / 0.093);
  assertClose(intervalAfter(201), 1 / (0.093 * (1 + (0.0002 * 201) / 200)));
  assertClose(
    intervalAfter(202),
    1 / (0.093 * (1 + (0.0002 * 201) / 200) * (1 + (0.0002 * 202) / 200)),
  );
});

test('LearnedRate: it probes up to 120 % of the rate of the requests sent', () => {
  // 70 requests a second are sent, and 93 are allowed.
  assertClose(intervalAfter(260, 1_000 / 70), 1 / 0.093);
  // 80: up to 96, and then no further.
  const interval = intervalAfter(500, 12.5);
  assert.ok(interval > 1 / 0.0962 && interval < 1 / 0.096, `${interval}`);
});

/** The interval after three refusals, with `first` and `second` answers between them. */
function intervalAfterThree(first: number, second: number, every = 10): number {
  const { answers, refuse, interval } = measured();
  answers(40, 10);
  refuse();
  answers(first, every);
  refuse();
  answers(second, every);
  refuse();
  return interval();
}

test('LearnedRate: a rate that brought 200 answers comes down to 85 %, any other to 60 %', () => {
  const intervalAfterTwo = (count: number) => {
    const { answers, refuse, interval } = measured();
    answers(40, 10);
    refuse();
    answers(count, 10);
    refuse();
    return interval();
  };
  assertClose(intervalAfterTwo(199), 1 / 0.093 / 0.6);
  assertClose(intervalAfterTwo(200), 1 / 0.093 / 0.85);
});

test('LearnedRate: before there is a rate no answer counts towards the 200', () => {
  const { answers, refuse, interval } = measured();
  answers(300, 10);
  refuse();
  assertClose(interval(), 10 / 0.6);
});

test('LearnedRate: refused at the same rate again, it probes after 400 answers', () => {
  // Each time 93 % of what was refused before, at which the second refusal comes.
  assertClose(intervalAfterThree(200, 399), 1 / (0.093 * 0.93) / 0.6);
  assertClose(intervalAfterThree(200, 400), 1 / (0.093 * 0.93) / 0.85);
  // A refusal that comes soon says nothing of that.
  assertClose(intervalAfterThree(199, 200), 1 / (0.093 * 0.93) / 0.85);
});

test('LearnedRate: refused at a much higher rate, it probes as soon as before', () => {
  // After 1,200 answers the rate is more than 130 % of the refused one: a new one is refused.
  const { answers, refuse, interval } = measured();
  answers(40, 10);
  refuse();
  answers(1_200, 5);
  refuse();
  answers(250, 5);
  refuse();
  const other = measured();
  other.answers(40, 10);
  other.refuse();
  other.answers(1_200, 5);
  const tried = 1 / other.interval();
  assert.ok(tried > 0.13, `${tried}`);
  let rate = tried * 0.93;
  for (let calm = 201; calm <= 250; calm++) rate *= 1 + (0.0002 * calm) / 200;
  assertClose(interval(), 1 / rate / 0.85);
});
