import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountedGoal, nearlyAllGoal, wholeRunGoal } from '../../../bench/openweb/web-goals.ts';
import { contender } from '../contender.ts';

test('wholeRunGoal: compares with the faster of the two', () => {
  const all = [contender('flaghoist', [30]), contender('aria2', [60]), contender('curl -Z', [120])];
  assert.equal(wholeRunGoal(all, 0.7).value, 0.5);
  assert.equal(wholeRunGoal(all.slice(0, 1), 0.7).value, undefined);
});

test('accountedGoal: the fewest rows of all rounds', () => {
  const { name, runs } = contender('flaghoist', [1, 1]);
  const counted = runs.map((run, round) => ({ ...run, accountedRows: 100 - round }));
  assert.equal(accountedGoal([{ name, runs: counted }], 100).value, 99);
  assert.equal(accountedGoal([{ name, runs }], 100).value, undefined);
});

test('nearlyAllGoal: a run that ended before counts with its whole time', () => {
  const { name, runs } = contender('flaghoist', [120]);
  const aria2 = { name: 'aria2', runs: runs.map((run) => ({ ...run, secondsTo99: 6 })) };
  assert.equal(nearlyAllGoal([{ name, runs }, aria2], 'aria2', 1).value, 20);
  const ours = { name, runs: runs.map((run) => ({ ...run, secondsTo99: 3 })) };
  assert.equal(nearlyAllGoal([ours, aria2], 'aria2', 1).value, 0.5);
  assert.equal(nearlyAllGoal([ours, { name: 'aria2', runs }], 'aria2', 1).value, undefined);
});
