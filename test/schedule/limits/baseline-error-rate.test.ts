import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BaselineErrorRate } from '../../../src/schedule/limits/baseline-error-rate.ts';
import type { Sample } from '../../../src/schedule/limits/limit.ts';
import { seeded } from '../seeded.ts';

const OK: Sample = { latency: 1, bytes: 1, inFlight: 1, result: 'ok', sentAt: 0, endedAt: 1 };
const REFUSED: Sample = { ...OK, result: 'overload' };

/**
 * An origin that refuses a given share of the requests at each load. It has said once that it was asked
 * too often, so each refusal may be for the load.
 */
function setUp(seed = 1) {
  const random = seeded(seed);
  const baseline = new BaselineErrorRate();
  baseline.finished({ ...REFUSED, isSaid: true }, undefined);
  let found = 0;
  baseline.whenFound(() => found++);
  return {
    baseline,
    found: () => found,
    ask(times: number, load: number | undefined, share: number, refused = REFUSED) {
      for (let i = 0; i < times; i++) {
        baseline.finished(random() < share ? refused : OK, load);
      }
    },
  };
}

for (const share of [0.01, 0.05, 0.25, 0.6]) {
  test(`BaselineErrorRate: ${100 * share} % refused at any load are not for the load`, () => {
    const { ask, baseline, found } = setUp();
    ask(500, undefined, share);
    for (let load = 100; found() === 0 && load > 0.1; load *= 0.6)
      ask(Math.ceil(3 / share), load, share);
    assert.equal(found(), 1);
    ask(1, 100, 1);
    assert.equal(baseline.isUsual, true);
  });
}

test('BaselineErrorRate: it finds a baseline after a time of nothing but refusals, and keeps it in another', () => {
  const { ask, baseline, found } = setUp();
  ask(200, 100, 1);
  for (let load = 60; found() === 0 && load > 0.001; load *= 0.6) ask(50, load, 0.05);
  assert.deepEqual([found(), baseline.isUsual], [1, true]);
  ask(200, 100, 1);
  assert.equal(baseline.isUsual, false);
  ask(100, 60, 0.05);
  assert.deepEqual([found(), baseline.isUsual], [1, true]);
});

for (const taken of [10, 50, 90]) {
  test(`BaselineErrorRate: refusals beyond ${taken} requests a second are for the load`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { ask, baseline, found } = setUp(seed);
      ask(200, undefined, Math.max(0, 1 - taken / 120));
      for (let load = 100; load > taken / 2; load *= 0.85)
        ask(40, load, Math.max(0, 1 - taken / load));
      for (let load = taken * 0.9; load < taken * 1.2; load *= 1.01) {
        ask(40, load, Math.max(0, 1 - taken / load));
      }
      assert.deepEqual([found(), baseline.isUsual], [0, false], `seed ${seed}`);
    }
  });
}

test('BaselineErrorRate: it finds no baseline in refusals that say that the server is asked too often', () => {
  const { ask, found } = setUp();
  const said = { ...REFUSED, isSaid: true };
  for (let load = 100; load > 0.1; load *= 0.85) ask(50, load, 0.25, said);
  assert.equal(found(), 0);
});

test('BaselineErrorRate: far more refusals than the baseline are for the load', () => {
  const { ask, baseline } = setUp();
  for (let load = 100; !baseline.isUsual && load > 0.1; load *= 0.85) ask(50, load, 0.05);
  ask(20, 100, 0.9);
  assert.equal(baseline.isUsual, false);
});

/** An origin that is known to refuse a twentieth at any load. */
function setUpFound() {
  const set = setUp();
  for (let load = 100; !set.baseline.isUsual && load > 0.1; load *= 0.85) set.ask(50, load, 0.05);
  assert.equal(set.baseline.isUsual, true);
  return set;
}

test('BaselineErrorRate: failures that say nothing about the load do not count', () => {
  const { ask, baseline } = setUpFound();
  ask(2_000, 100, 1, { ...OK, result: 'failed' });
  assert.equal(baseline.isUsual, true);
});

test('BaselineErrorRate: it forgets the baseline once the server says that it is asked too often', () => {
  const { ask, baseline } = setUpFound();
  ask(1, 100, 1, { ...REFUSED, isSaid: true });
  assert.equal(baseline.isUsual, false);
});

test('BaselineErrorRate: it learns nothing at the load where most was refused, or a higher one', () => {
  for (const load of [100, 150]) {
    const { ask, found } = setUp();
    ask(100, 100, 0.3);
    ask(5_000, load, 0.3);
    assert.equal(found(), 0, `${load}`);
  }
});

test('BaselineErrorRate: a third more refusals than the baseline are usual, twice as many are not', () => {
  const { ask, baseline } = setUp();
  ask(200, undefined, 0.5);
  for (let load = 100; !baseline.isUsual && load > 0.001; load *= 0.6) ask(10, load, 0.5);
  for (let i = 0; i < 40; i++) baseline.finished(i % 3 === 0 ? OK : REFUSED, 100);
  assert.equal(baseline.isUsual, true);
  ask(40, 100, 1);
  assert.equal(baseline.isUsual, false);
});

for (const share of [0.01, 0.05, 0.1, 0.25]) {
  test(`BaselineErrorRate: ${100 * share} % refused from the first request on are usual at once`, () => {
    const baseline = new BaselineErrorRate();
    const random = seeded(1);
    for (let n = 0; n < 10_000; n++) {
      baseline.finished(random() < share ? REFUSED : OK, undefined);
      assert.ok(baseline.isUsual, `${n}`);
    }
  });
}

for (const [share, most] of [
  [1, 11],
  [0.8, 40],
] as const) {
  test(`BaselineErrorRate: ${100 * share} % refused from the first request on are for the load`, () => {
    const baseline = new BaselineErrorRate();
    const random = seeded(1);
    let count = 0;
    for (; baseline.isUsual; count++) {
      baseline.finished(random() < share ? REFUSED : OK, undefined);
    }
    assert.ok(count <= most, `${count}`);
  });
}

test('BaselineErrorRate: a checkpoint restores what was known when it was made', () => {
  const baseline = new BaselineErrorRate();
  const restore = baseline.checkpoint();
  for (let n = 0; n < 20; n++) baseline.finished(REFUSED, undefined);
  assert.equal(baseline.isUsual, false);
  restore();
  assert.equal(baseline.isUsual, true);
});

test('BaselineErrorRate: a limit and errors at any load are told apart', () => {
  const { ask, baseline, found } = setUp();
  // Three quarters are for the load, and one in fifty comes anyway.
  ask(200, undefined, 0.75);
  for (let load = 100; found() === 0 && load > 0.1; load *= 0.8) {
    ask(50, load, Math.max(0.02, 1 - 25 / load));
  }
  assert.equal(found(), 1);
  ask(200, 20, 0.02);
  assert.equal(baseline.isUsual, true);
  ask(40, 100, 0.75);
  assert.equal(baseline.isUsual, false);
});
