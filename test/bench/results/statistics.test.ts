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

test('median is the middle one, whatever the order', () => {
  assert.equal(median([10, 2, 9]), 9);
});

test('median of an even number is the mean of the two in the middle', () => {
  assert.equal(median([4, 1, 100, 2]), 3);
});

test('median of nothing is undefined', () => {
  assert.equal(median([]), undefined);
});

test('spreadOf gives median, least and most', () => {
  assert.deepEqual(spreadOf(contender('a', [3, 1, 2]), 'wallSeconds'), {
    median: 2,
    min: 1,
    max: 3,
  });
});

test('spreadOf counts no run that went wrong', () => {
  const { runs, ...rest } = contender('a', [1, 2]);
  const wrong = { ...rest, runs: [...runs, ...contender('a', [0.1], 'too few files').runs] };
  assert.equal(goodRuns(wrong).length, 2);
  assert.equal(spreadOf(wrong, 'wallSeconds')?.min, 1);
});

test('spreadOf is undefined when all went wrong', () => {
  assert.equal(spreadOf(contender('a', [1], 'too few files'), 'wallSeconds'), undefined);
});

test('medianOf is undefined for one who did not take part', () => {
  assert.equal(medianOf([contender('a', [1])], 'b', 'wallSeconds'), undefined);
});

test('ratioOf divides the medians', () => {
  const both = [contender('ours', [1, 2, 3]), contender('theirs', [4, 4, 100])];
  assert.equal(ratioOf(both, 'ours', 'theirs', 'wallSeconds'), 0.5);
});

test('ratioOf is undefined when one of the two has no good run', () => {
  const both = [contender('ours', [1]), contender('theirs', [1], 'timed out')];
  assert.equal(ratioOf(both, 'ours', 'theirs', 'wallSeconds'), undefined);
});
