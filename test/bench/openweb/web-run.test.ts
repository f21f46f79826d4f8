import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf, toWebRun } from '../../../bench/openweb/web-run.ts';

const USAGE = {
  ...{ wallSeconds: 30, cpuSeconds: 4, peakBytes: 1e8 },
  ...{ exitCode: 1, isTimedOut: false, stderr: '' },
};
const ARRIVED = { files: 90, secondsTo50: 1 };
const ACCOUNTING = {
  ...{ arrived: ARRIVED, files: 90, rows: 100 },
  accounts: {
    rows: 100,
    byReason: new Map([
      ['ok', 90],
      ['too-many-open-files', 10],
    ]),
  },
};

test('toWebRun: a run that its time limit ended keeps its figures', () => {
  const run = toWebRun({ ...USAGE, isTimedOut: true, exitCode: -9 }, ARRIVED);
  assert.deepEqual([run.isStopped, run.secondsTo50, run.problem], [true, 1, undefined]);
  assert.equal('isStopped' in toWebRun(USAGE, ARRIVED), false);
});

test('problemOf: undefined if every good file is there and every row accounted for', () => {
  assert.equal(problemOf(USAGE, ACCOUNTING), undefined);
});

test('problemOf: a row that is not accounted for', () => {
  const accounts = { ...ACCOUNTING.accounts, rows: 99 };
  assert.equal(problemOf(USAGE, { ...ACCOUNTING, accounts }), '99 of 100 rows accounted for');
});

test('problemOf: a good file that is missing, with the reasons of the ledger', () => {
  const found = problemOf(USAGE, { ...ACCOUNTING, arrived: { files: 80 } });
  assert.equal(found, '80 of 90 good files (ok 90, too-many-open-files 10)');
});

test('problemOf: an exit code that is not about rows', () => {
  assert.equal(
    problemOf({ ...USAGE, exitCode: 3, stderr: 'broken' }, ACCOUNTING),
    'exit code 3 broken',
  );
});
