import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMostTimes, isMet, withValue } from '../../../bench/results/goals.ts';
import type { Goal } from '../../../bench/results/result.ts';
import { contender } from '../contender.ts';

const goal = (sense: Goal['sense'], value?: number): Goal =>
  withValue({ name: 'a goal', unit: 'times', sense, bound: 2 }, value);

test('isMet: at the bound, at most and at least are met, more than is not', () => {
  assert.equal(isMet(goal('at most', 2)), true);
  assert.equal(isMet(goal('at least', 2)), true);
  assert.equal(isMet(goal('more than', 2)), false);
});

test('isMet: beyond the bound', () => {
  assert.equal(isMet(goal('at most', 2.01)), false);
  assert.equal(isMet(goal('at least', 1.99)), false);
  assert.equal(isMet(goal('more than', 2.01)), true);
});

test('isMet: undefined if nothing was measured', () => {
  assert.equal(isMet(goal('at most')), undefined);
});

test('atMostTimes: takes the ratio of the medians', () => {
  const both = [contender('ours', [1, 3]), contender('theirs', [1])];
  const { value, bound, name } = atMostTimes(both, 'ours', 'theirs', 'wallSeconds', 1.5);
  assert.deepEqual({ value, bound }, { value: 2, bound: 1.5 });
  assert.equal(name, 'Wall time, ours to theirs');
});

test('atMostTimes: has no value if the peer is missing', () => {
  const missing = { name: 'theirs', runs: [], leftOut: 'it is not on this machine' };
  const found = atMostTimes([contender('ours', [1]), missing], 'ours', 'theirs', 'wallSeconds', 1);
  assert.equal('value' in found, false);
});
