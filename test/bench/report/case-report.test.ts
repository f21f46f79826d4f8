import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goalCells, renderCase } from '../../../bench/report/case-report.ts';
import { caseResult } from '../case-result.ts';
import { contender } from '../contender.ts';

/** The cells of the row that begins with `name`. */
function rowOf(report: string, name: string): string[] {
  const line = report.split('\n').find((one) => one.startsWith(`| ${name} `)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('renderCase: medians, spread, and the ratio of ours to each peer', () => {
  const contenders = [contender('flaghoist', [1, 2, 4]), contender('curl -Z', [5, 4, 3])];
  const report = renderCase(caseResult({ contenders, ours: 'flaghoist' }));
  const [, wall, spread, cpu, memory, rate, ratio] = rowOf(report, 'curl -Z');
  assert.deepEqual([wall, spread, cpu], ['4 s', '3 – 5', '2 s']);
  assert.deepEqual([memory, rate, ratio], ['50 MB', '25', '0.500 ×']);
  assert.equal(rowOf(report, 'flaghoist')[6], '', 'ours is not compared with itself');
});

test('renderCase: no ratios if the contenders are not peers', () => {
  const report = renderCase(caseResult({ contenders: [contender('first', [1])] }));
  assert.equal(rowOf(report, 'first').length, 6);
});

test('renderCase: names the problem of a run, and does not count it', () => {
  const { runs } = contender('wget2', [1], '9 of 10 files');
  const mixed = { name: 'wget2', runs: [...contender('wget2', [2, 2]).runs, ...runs] };
  const report = renderCase(caseResult({ contenders: [mixed] }));
  assert.match(report, /- wget2: 1 of 3 runs went wrong and do not count: 9 of 10 files\./);
  assert.equal(rowOf(report, 'wget2')[1], '2 s');
});

test('renderCase: a dash for a program without good runs', () => {
  const report = renderCase(caseResult({ contenders: [contender('wget2', [1], 'exit code 1')] }));
  assert.deepEqual(rowOf(report, 'wget2').slice(1), ['–', '–', '–', '–', '–']);
});

test('renderCase: names programs that were left out, without a row', () => {
  const missing = { name: 'aria2', runs: [], leftOut: 'it is not on this machine' };
  const report = renderCase(caseResult({ contenders: [contender('curl -Z', [1]), missing] }));
  assert.match(report, /- aria2 is left out: it is not on this machine\./);
  assert.deepEqual(rowOf(report, 'aria2'), []);
});

test('goalCells: the bound, the value, and whether it is met', () => {
  const goal = { name: 'Memory', unit: 'bytes', sense: 'at most', bound: 10 } as const;
  assert.deepEqual([{ ...goal, value: 9 }, { ...goal, value: 11 }, goal].map(goalCells), [
    ['Memory', 'at most 10 B', '9 B', 'yes'],
    ['Memory', 'at most 10 B', '11 B', '**no**'],
    ['Memory', 'at most 10 B', '–', 'not measured'],
  ]);
});
