import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  goodRuns,
  median,
  medianOf,
  ratioOf,
  spreadOf,
} from '../../../bench/results/statistics.ts';
import { contender } from '../contender.ts';

test('median: the middle value, in any order', () => {
  assert.equal(median([10, 2, 9]), 9);
});

test('median: of an even number of values, the mean of the middle two', () => {
  assert.equal(median([4, 1, 100, 2]), 3);
});

test('median: undefined without values', () => {
  assert.equal(median([]), undefined);
});

test('spreadOf: median, minimum and maximum', () => {
  assert.deepEqual(spreadOf(contender('a', [3, 1, 2]), 'wallSeconds'), {
    median: 2,
    min: 1,
    max: 3,
  });
});

test('spreadOf: leaves out runs with a problem', () => {
  const { runs, ...rest } = contender('a', [1, 2]);
  const wrong = { ...rest, runs: [...runs, ...contender('a', [0.1], 'too few files').runs] };
  assert.equal(goodRuns(wrong).length, 2);
  assert.equal(spreadOf(wrong, 'wallSeconds')?.min, 1);
});

test('spreadOf: undefined if all runs have a problem', () => {
  assert.equal(spreadOf(contender('a', [1], 'too few files'), 'wallSeconds'), undefined);
});

test('medianOf: undefined for a program that did not take part', () => {
  assert.equal(medianOf([contender('a', [1])], 'b', 'wallSeconds'), undefined);
});

test('ratioOf: divides the medians', () => {
  const both = [contender('ours', [1, 2, 3]), contender('theirs', [4, 4, 100])];
  assert.equal(ratioOf(both, 'ours', 'theirs', 'wallSeconds'), 0.5);
});

test('ratioOf: undefined if either has no good run', () => {
  const both = [contender('ours', [1]), contender('theirs', [1], 'timed out')];
  assert.equal(ratioOf(both, 'ours', 'theirs', 'wallSeconds'), undefined);
});
