import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderArrivals } from '../../../bench/report/arrival-table.ts';
import { renderCase } from '../../../bench/report/case-report.ts';
import { caseResult } from '../case-result.ts';

const RUN = { wallSeconds: 40, cpuSeconds: 4, peakBytes: 1e8, files: 900 };
const ours = {
  name: 'flaghoist',
  runs: [{ ...RUN, secondsTo50: 1, secondsTo90: 2, secondsTo99: 3 }],
};
const theirs = {
  name: 'curl -Z',
  runs: [{ ...RUN, wallSeconds: 120, files: 600, secondsTo50: 2, isStopped: true as const }],
};

test('renderArrivals: times, the whole run, and a dash for a share that was not reached', () => {
  const lines = renderArrivals([ours, theirs], 'flaghoist').split('\n');
  const cells = lines.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  assert.deepEqual(cells[2], [
    'flaghoist',
    '1 s',
    '2 s',
    '3 s',
    '40 s',
    '4 s',
    '100 MB',
    '900',
    '',
    '',
  ]);
  assert.deepEqual(cells[3], [
    ...['curl -Z', '2 s', '–', '–', '> 120 s', '4 s', '100 MB', '600', '–', '0.333 ×'],
  ]);
});

test('renderCase: says how many runs the time limit ended', () => {
  const report = renderCase(caseResult({ contenders: [ours, theirs], ours: 'flaghoist' }));
  assert.match(report, /- curl -Z: the time limit of 120 s ended 1 of 1 runs\./);
  assert.match(report, /\| +99 % \|/);
});
