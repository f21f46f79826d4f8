import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunLimit, type RunLimitOptions } from '../../../src/schedule/limits/run-limit.ts';

/** A limit by a clock of the test's, and windows of requests that end under it. */
function setUp(options: Partial<RunLimitOptions> = {}) {
  let now = 0;
  const limit = new RunLimit({ most: 1_024, now: () => now, ...options });
  return {
    limit,
    /** Runs `count` windows, in which `perMs` of the present limit are answered. */
    windows(count: number, perMs: (limit: number) => number, isHeldUp = true) {
      for (let n = 0; n < count; n++) {
        const ended = Math.max(limit.current, Math.ceil(250 * perMs(limit.current)));
        const each = ended / perMs(limit.current) / ended;
        for (let request = 0; request < ended; request++) {
          now += each;
          limit.ended(true, isHeldUp);
        }
      }
    },
  };
}

const proportional = (limit: number) => limit / 100;

test('RunLimit: begins with 256, or with `most` if less', () => {
  assert.deepEqual([setUp().limit.current, setUp().limit.most], [256, 1_024]);
  assert.equal(setUp({ most: 100 }).limit.current, 100);
  assert.throws(() => setUp({ most: 0 }), RangeError);
});

test('RunLimit: grows by a quarter for as long as that makes the run faster, and no further', () => {
  const { limit, windows } = setUp();
  windows(1, proportional);
  assert.equal(limit.current, 320);
  windows(20, proportional);
  assert.equal(limit.current, 1_024);
});

test('RunLimit: goes back to the best number where more does not pay, and tries again later', () => {
  const { limit, windows } = setUp();
  const saturated = (at: number) => Math.min(at, 400) / 100;
  windows(8, saturated);
  assert.equal(limit.current, 400);
  windows(15, saturated);
  assert.equal(limit.current, 400);
  windows(3, saturated);
  assert.ok(limit.current > 400, `${limit.current}`);
  windows(3, saturated);
  assert.equal(limit.current, 400);
});

test('RunLimit: stays the same while rows wait for something else', () => {
  const { limit, windows } = setUp();
  windows(20, proportional, false);
  assert.equal(limit.current, 256);
});

test('RunLimit: does not grow while the event loop is busy', () => {
  let busy = 0.5;
  const { limit, windows } = setUp({ utilization: () => busy });
  windows(2, proportional);
  assert.equal(limit.current, 400);
  busy = 0.95;
  windows(5, proportional);
  assert.equal(limit.current, 400);
});

test('RunLimit: requests that fail do not count as throughput', () => {
  let now = 0;
  const limit = new RunLimit({ most: 1_024, now: () => now });
  // Twice as many that end, and as many that are answered.
  for (const every of [1, 2, 2, 2, 2]) {
    for (let request = 0; request < 256 * every; request++) {
      now += 4 / every;
      limit.ended(request % every === 0, true);
    }
  }
  assert.ok(limit.current <= 400, `${limit.current}`);
});
