import assert from 'node:assert/strict';
import { test } from 'node:test';
import { race, rotate } from '../../../bench/measure/race.ts';

const say = () => {};

test('race: runs all in every round, each round beginning with another one', async () => {
  const order: string[] = [];
  const entrants = ['a', 'b', 'c'].map((name, wallSeconds) => ({
    name,
    run: async () => {
      order.push(name);
      return { wallSeconds, cpuSeconds: 0, peakBytes: 0, files: 0 };
    },
  }));
  const contenders = await race(entrants, { rounds: 2, say });
  assert.equal(order.join(''), 'abcbca');
  assert.deepEqual(
    contenders.map(({ name, runs }) => [name, runs.map(({ wallSeconds }) => wallSeconds)]),
    [
      ['a', [0, 0]],
      ['b', [1, 1]],
      ['c', [2, 2]],
    ],
  );
});

test('rotate: wraps around', () => {
  assert.deepEqual(rotate([1, 2, 3], 4), [2, 3, 1]);
});
