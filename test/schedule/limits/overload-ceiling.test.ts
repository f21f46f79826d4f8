import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OverloadCeiling } from '../../../src/schedule/limits/overload-ceiling.ts';

function setUp() {
  let now = 0;
  const ceiling = new OverloadCeiling(() => now);
  const refuse = (inFlight: number, sentAt = now) =>
    ceiling.refused({
      ...{ inFlight, sentAt, endedAt: now, latency: 1, bytes: 0, result: 'overload' },
    });
  const answer = (times: number) => {
    for (let i = 0; i < times; i++) ceiling.answered();
  };
  return {
    ceiling,
    refuse,
    answer,
    pass: () => {
      now += 100;
    },
  };
}

test('OverloadCeiling: Infinity until a request is refused', () => {
  const { ceiling, answer } = setUp();
  answer(1_000);
  assert.equal(ceiling.current, Number.POSITIVE_INFINITY);
});

test('OverloadCeiling.refused: comes down to one less than was refused, never below 1', () => {
  const { ceiling, refuse, pass } = setUp();
  assert.equal(refuse(20), true);
  assert.equal(ceiling.current, 19);
  pass();
  refuse(1);
  assert.equal(ceiling.current, 1);
});

test('OverloadCeiling.refused: a request sent before it came down tells nothing new', () => {
  const { ceiling, refuse, pass } = setUp();
  pass();
  refuse(20);
  assert.equal(refuse(10, 50), false);
  assert.equal(ceiling.current, 19);
});

test('OverloadCeiling.answered: goes up after a hundred answers, in steps that double', () => {
  const { ceiling, refuse, answer } = setUp();
  refuse(20);
  answer(99);
  assert.equal(ceiling.current, 19);
  answer(1);
  assert.equal(ceiling.current, 20);
  answer(100);
  assert.equal(ceiling.current, 22);
});

test('OverloadCeiling.refused: comes down no further than the step before', () => {
  const { ceiling, refuse, answer, pass } = setUp();
  refuse(20);
  answer(300);
  assert.equal(ceiling.current, 26);
  pass();
  refuse(24);
  assert.equal(ceiling.current, 23);
});

test('OverloadCeiling.lower: found again where it was, it goes up later', () => {
  const { ceiling, refuse, answer, pass } = setUp();
  refuse(20);
  answer(100);
  pass();
  refuse(20);
  answer(100);
  assert.equal(ceiling.current, 19);
  answer(30);
  assert.equal(ceiling.current, 20);
});
