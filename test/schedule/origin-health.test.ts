import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteFailedElsewhere } from '../../src/model/failed-elsewhere.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import { type RequestReport, reportOfFailure } from '../../src/model/request-report.ts';
import { OriginHealth } from '../../src/schedule/origin-health.ts';
import { seeded } from './seeded.ts';

const OK: RequestReport = { latency: 50, bytes: 1, result: 'ok' };
/** How long a request takes. */
const TAKES = 50;

const busy = new HttpStatusError(503);
const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

/** An origin by a clock of the test's. The waits for its probes are not jittered. */
function setUp({ tries = 4, max = 60_000, random = () => 0.5 as number } = {}) {
  const health = new OriginHealth({ tries, backoff: { base: 1_000, max }, random });
  let now = 0;
  const send = () => {
    health.started(now);
    const start = { epoch: health.epoch, sentAt: now };
    return (error?: unknown) => {
      const report = error === undefined ? OK : reportOfFailure(error, TAKES);
      health.ended(report, start.epoch, start.sentAt, now);
    };
  };
  const set = {
    health,
    /** Sends a request, which may be over later: with a failure, or well. */
    send,
    /** A request that is over before the next one. */
    ask(error?: unknown, times = 1) {
      for (let n = 0; n < times; n++) {
        const end = send();
        now += TAKES;
        end(error);
      }
    },
    pass(ms: number) {
      now += ms;
    },
    now: () => now,
    /** Waits for the next probe, and fails it. @returns how long the wait was, in ms */
    probe(error?: unknown) {
      const wait = health.notBefore - now;
      now += wait;
      set.ask(error);
      return wait;
    },
  };
  return set;
}

/** One that served, and refuses everything. */
function setUpHeld(options?: Parameters<typeof setUp>[0]) {
  const set = setUp(options);
  set.ask(undefined, 20);
  set.ask(busy, 9);
  assert.equal(set.health.state, 'held');
  return set;
}

test('OriginHealth: a new origin is well, and does not limit its requests', () => {
  const { health, send } = setUp();
  for (let n = 0; n < 1_000; n++) send();
  assert.deepEqual([health.state, health.hasRoom, health.notBefore], ['well', true, 0]);
});

for (const share of [0.01, 0.05, 0.1, 0.25, 0.4]) {
  test(`OriginHealth: ${100 * share} % of refusals at random are no block`, () => {
    const { ask, health } = setUp();
    const random = seeded(1);
    ask();
    for (let n = 0; n < 20_000; n++) ask(random() < share ? busy : undefined);
    assert.equal(health.holds, 0);
  });
}

test('OriginHealth: nine refusals in a row are a block, and so are three failed connections', () => {
  for (const [error, most] of [
    [busy, 9],
    [refused, 3],
  ] as const) {
    const { ask, health } = setUp();
    ask();
    ask(error, most - 1);
    assert.equal(health.state, 'well');
    ask(error);
    assert.deepEqual([health.state, health.holds, health.failures], ['held', 1, most]);
  }
});

test('OriginHealth: the more an origin refuses at other times, the more refusals make a block', () => {
  const { ask, health } = setUp();
  for (let n = 0; n < 200; n++) {
    ask(busy);
    ask();
  }
  ask(busy, 15);
  assert.equal(health.state, 'well');
  ask(busy, 5);
  assert.equal(health.state, 'held');
});

test('OriginHealth: many refusals are a block only once an answer would have come', () => {
  const { ask, pass, send, health } = setUp();
  ask();
  for (const end of Array.from({ length: 100 }, send)) end(busy);
  assert.equal(health.state, 'well');
  pass(2 * TAKES);
  send()(busy);
  assert.equal(health.state, 'held');
});

test('OriginHealth: an answer to a request sent before the failures does not count', () => {
  const { ask, send, health } = setUp();
  ask();
  const old = send();
  ask(busy, 8);
  old();
  assert.equal(health.failures, 8);
  ask(busy);
  assert.equal(health.state, 'held');
});

test('OriginHealth: a failure on this machine, or at another origin, does not count', () => {
  const { ask, health } = setUp();
  const elsewhere = Object.assign(new Error('gone'), { code: 'ENOTFOUND' });
  noteFailedElsewhere(elsewhere);
  ask(Object.assign(new Error('full'), { code: 'ENOSPC' }), 20);
  ask(elsewhere, 20);
  assert.deepEqual([health.state, health.failures, health.answers], ['well', 0, 20]);
});

test('OriginHealth: while held, one request at a time probes, after waits that grow to five seconds', () => {
  const { health, probe, send, pass, now } = setUpHeld();
  assert.equal(health.notBefore - now(), 500);
  pass(500);
  const end = send();
  assert.equal(health.hasRoom, false);
  end(busy);
  assert.equal(health.hasRoom, true);
  const waits = Array.from({ length: 8 }, () => Math.round(probe(busy)));
  assert.deepEqual(waits, [700, 980, 1_372, 1_921, 2_689, 3_765, 5_000, 5_000]);
});

test('OriginHealth: waits vary by a fifth to either side, and none is longer than a row’s', () => {
  for (const [random, max, wait] of [
    [() => 0, 60_000, 400],
    [() => 1, 60_000, 600],
    [() => 0.5, 400, 400],
  ] as const) {
    const { health, now } = setUpHeld({ random, max });
    assert.equal(Math.round(health.notBefore - now()), wait);
  }
});

test('OriginHealth: a probe that was cancelled makes room for the next one at once', () => {
  const { health, pass, now } = setUpHeld();
  pass(500);
  health.started(now());
  health.ended(undefined, health.epoch, now(), now());
  assert.deepEqual([health.state, health.hasRoom, health.notBefore], ['held', true, 0]);
});

test('OriginHealth: requests sent before a hold do not change it', () => {
  const { ask, send, health } = setUp();
  ask(undefined, 20);
  const old = Array.from({ length: 5 }, send);
  ask(busy, 9);
  const { notBefore } = health;
  for (const end of old) end(busy);
  old[0]?.();
  assert.deepEqual([health.state, health.notBefore, health.hasRoom], ['held', notBefore, true]);
});

test('OriginHealth: once a probe is answered, requests double with each answer', () => {
  const { health, probe, send } = setUpHeld();
  probe();
  assert.deepEqual([health.state, health.notBefore], ['recovering', 0]);
  const inFlight = [];
  for (const allowed of [2, 4, 8, 16, 32, 64, 128]) {
    while (health.hasRoom) inFlight.push(send());
    assert.equal(inFlight.length, allowed);
    inFlight.pop()?.();
  }
  assert.equal(health.state, 'well');
});

test('OriginHealth: while it recovers, as many refusals as requests allowed hold it again, with short waits', () => {
  const { health, probe, ask, now, pass } = setUpHeld();
  for (let n = 0; n < 5; n++) probe(busy);
  probe();
  ask(busy);
  assert.equal(health.state, 'recovering');
  pass(100);
  ask(busy);
  assert.deepEqual([health.state, health.holds], ['held', 2]);
  assert.equal(health.notBefore - now(), 500);
});

test('OriginHealth: an origin that was reached is given up after a time', () => {
  const { health, probe, now } = setUpHeld({ tries: 3, max: 30_000 });
  const since = now();
  while (health.state === 'held') probe(busy);
  assert.deepEqual([health.state, health.cause, health.hasRoom], ['down', busy, false]);
  // From the first of the refusals on.
  const waited = now() - since + 8 * TAKES;
  assert.ok(waited >= 60_000 && waited <= 60_000 + TAKES, `${waited} ms`);
});

test('OriginHealth: with a single try an origin is held for the longest wait, once', () => {
  const { health, probe, now } = setUpHeld({ tries: 1, max: 30_000 });
  const since = now();
  while (health.state === 'held') probe(busy);
  assert.ok(now() - since > 29_000);
});

test('OriginHealth: an origin that was never reached is given up after the tries of one row', () => {
  const { health, ask, probe, send } = setUp();
  const others = Array.from({ length: 7 }, send);
  ask(refused);
  for (const end of others) end(refused);
  assert.equal(health.state, 'held');
  assert.deepEqual([probe(refused), probe(refused)], [500, 1_000]);
  assert.equal(health.state, 'held');
  assert.equal(probe(refused), 2_000);
  assert.deepEqual([health.state, health.cause], ['down', refused]);
});

test('OriginHealth: an origin whose failure is final is given up at once', () => {
  const { health, ask } = setUp();
  ask(Object.assign(new Error('wrong certificate'), { code: 'CERT_HAS_EXPIRED' }));
  assert.equal(health.state, 'down');
});

test('OriginHealth: a name that does not exist is looked up once more', () => {
  const missing = Object.assign(new Error('no such name'), { reason: 'dns-not-found' });
  const { health, ask, probe } = setUp();
  ask(missing);
  assert.equal(health.state, 'held');
  probe(missing);
  assert.equal(health.state, 'down');
});

test('OriginHealth: one answer among several failures shows that the origin is there', () => {
  const { health, ask, send } = setUp();
  const other = send();
  ask(refused);
  assert.equal(health.state, 'held');
  other();
  assert.equal(health.state, 'recovering');
});

test('OriginHealth: Retry-After is only a pause if the origin answers after it', () => {
  const { health, ask, now, pass } = setUp();
  ask();
  for (let n = 0; n < 5; n++) {
    ask(new HttpStatusError(429, '', 2_000));
    assert.deepEqual([health.state, health.notBefore - now()], ['well', 2_000]);
    pass(2_000);
    ask();
  }
  assert.equal(health.holds, 0);
});

test('OriginHealth: a second Retry-After without an answer in between holds the origin', () => {
  const { health, ask, now, pass } = setUp();
  ask();
  ask(new HttpStatusError(429, '', 2_000));
  pass(2_000);
  ask(new HttpStatusError(429, '', 3_000));
  assert.deepEqual([health.state, health.notBefore - now()], ['held', 3_000]);
});

test('OriginHealth: a Retry-After longer than the longest wait is cut to that', () => {
  const { health, ask, now } = setUp({ max: 30_000 });
  ask(new HttpStatusError(503, '', 3_600_000));
  assert.equal(health.notBefore - now(), 30_000);
});

test('OriginHealth: the longest of several Retry-After counts', () => {
  const { health, send, now } = setUp();
  const ends = Array.from({ length: 3 }, send);
  for (const [n, ms] of [1_000, 3_000, 2_000].entries()) {
    ends[n]?.(new HttpStatusError(429, '', ms));
  }
  assert.deepEqual([health.state, health.notBefore - now()], ['well', 3_000]);
});
