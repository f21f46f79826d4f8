import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  choice,
  count,
  duration,
  share,
  size,
  text,
} from '../../../src/server/faults/fault-option.ts';

test('choice: one of its words, the first by default', () => {
  const option = choice('body', 'head');
  assert.deepEqual([option.default, option.shown], ['body', 'body|head']);
  assert.deepEqual(['head', 'Head', ''].map(option.read), ['head', undefined, undefined]);
});

test('count: whole numbers within its bounds', () => {
  const { read } = count(5, 1, 10);
  assert.deepEqual(['1', '10', '0', '11', '1.5', '-1', ''].map(read), [1, 10, ...Array(5)]);
});

test('share: from 0 to 1', () => {
  const { read } = share(0.5);
  assert.deepEqual(['0', '1', '.25', '0.3', '1.1', '-1', 'x'].map(read), [
    0,
    1,
    0.25,
    0.3,
    ...Array(3),
  ]);
});

test('duration: in ms, or forever', () => {
  const option = duration('1s');
  assert.deepEqual([option.default, option.shown], [1_000, '1s']);
  assert.deepEqual(['50ms', '2m', 'forever', 'x', '30d', '999h'].map(option.read), [
    ...[50, 120_000, Number.POSITIVE_INFINITY],
    ...Array(3),
  ]);
});

test('size: in bytes', () => {
  assert.deepEqual(['10', '10k', '1G', 'big', '2T'].map(size('1M').read), [
    10,
    1e4,
    1e9,
    ...Array(2),
  ]);
});

test('text: as it is', () => {
  assert.equal(text('a').read(' b=c '), ' b=c ');
});
