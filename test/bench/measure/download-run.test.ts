import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toRun } from '../../../bench/measure/download-run.ts';

const USAGE = {
  ...{ wallSeconds: 1.5, cpuSeconds: 1, peakBytes: 2e6 },
  ...{ exitCode: 0, isTimedOut: false, stderr: '' },
};
const EXPECTED = { files: 10, bytes: 1000 };

test('toRun: no problem if everything is there', () => {
  assert.deepEqual(toRun(USAGE, EXPECTED, EXPECTED), {
    ...{ wallSeconds: 1.5, cpuSeconds: 1, peakBytes: 2e6, files: 10 },
  });
});

test('toRun: counts files and bytes exactly', () => {
  assert.equal(toRun(USAGE, { files: 9, bytes: 900 }, EXPECTED).problem, '9 of 10 files');
  assert.equal(toRun(USAGE, { files: 11, bytes: 1000 }, EXPECTED).problem, '11 of 10 files');
  assert.equal(toRun(USAGE, { files: 10, bytes: 999 }, EXPECTED).problem, '999 of 1000 bytes');
});

test('toRun: an exit code other than 0 is a problem', () => {
  const failed = { ...USAGE, exitCode: 22, stderr: 'curl: (22) 404' };
  assert.equal(toRun(failed, EXPECTED, EXPECTED).problem, 'exit code 22 curl: (22) 404');
});

test('toRun: names the time limit before other problems', () => {
  const late = { ...USAGE, wallSeconds: 60.01, exitCode: -9, isTimedOut: true };
  assert.equal(toRun(late, { files: 1, bytes: 1 }, EXPECTED).problem, 'not done after 60 s');
});
