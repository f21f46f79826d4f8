import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration, parseDurationRange } from '../../../src/cli/options/duration.ts';

const OPTION = '--timeout T';

for (const [text, ms] of [
  ['500ms', 500],
  ['0.5s', 500],
  ['.5s', 500],
  ['2s', 2_000],
  ['1m', 60_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['2', 2_000],
  ['0.25', 250],
  ['0', 0],
  ['500MS', 500],
  [' 2s ', 2_000],
  ['0.4ms', 0],
] as const) {
  test(`parseDuration reads '${text}' as ${ms} ms`, () => {
    assert.equal(parseDuration(text, OPTION), ms);
  });
}

for (const text of ['', 's', '5x', '-1s', '+1s', '1e3', '1 s', '1s2', '1,5s', '.', '0x10', 'NaN']) {
  test(`parseDuration refuses '${text}' in one line that names the option`, () => {
    assert.throws(() => parseDuration(text, OPTION), {
      name: 'UsageError',
      message: `--timeout T must be a duration like 500ms, 0.5s, 1m or a number of seconds, not '${text}'`,
    });
  });
}

test('parseDuration refuses what no timer can wait for', () => {
  assert.equal(parseDuration('2147483647ms', OPTION), 2 ** 31 - 1);
  for (const text of ['2147483648ms', '25000h', '9'.repeat(400)]) {
    assert.throws(() => parseDuration(text, OPTION), {
      name: 'UsageError',
      message: '--timeout T must be shorter than 24 days',
    });
  }
});

test('parseDurationRange reads both ends, each with its unit', () => {
  assert.deepEqual(parseDurationRange('100ms-2s', OPTION), { min: 100, max: 2_000 });
  assert.deepEqual(parseDurationRange('0-1', OPTION), { min: 0, max: 1_000 });
  assert.deepEqual(parseDurationRange('1s - 1s', OPTION), { min: 1_000, max: 1_000 });
});

test('parseDurationRange reads one duration as a range to itself', () => {
  assert.deepEqual(parseDurationRange('0.5s', OPTION), { min: 500, max: 500 });
});

test('parseDurationRange refuses ends that are turned round', () => {
  assert.throws(() => parseDurationRange('2s-100ms', OPTION), {
    name: 'UsageError',
    message: "--timeout T must be a range from shorter to longer, not '2s-100ms'",
  });
});

for (const text of ['1s-', '-1s', '-', '1s-2s-3s', '']) {
  test(`parseDurationRange refuses '${text}'`, () => {
    assert.throws(() => parseDurationRange(text, OPTION), { name: 'UsageError' });
  });
}
