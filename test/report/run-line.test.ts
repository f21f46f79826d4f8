import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunProgress } from '../../src/observe/run-progress.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';
import { flagsLine, lastRunLine, plainRunLine, runLine } from '../../src/report/run-line.ts';

const HALFWAY: RunProgress = {
  ...{ elapsed: 3_400, done: 97, total: 194, share: 97, remaining: 4_600 },
  ...{ bytes: 12_300_000, bytesPerSecond: 1_400_000, filesPerSecond: 22 },
  tally: { ...EMPTY_TALLY, ok: 95, failed: 1, 'not-found': 1 },
};
const WORDS = '97/194 files | 12.3 MB | 1.4 MB/s | 0:03 elapsed | 0:05 left | 2 failures';

test('runLine: the bar, files, bytes, speed, times and failures', () => {
  assert.equal(runLine(HALFWAY, 120), `${'█'.repeat(20)}${'░'.repeat(20)} ${WORDS}`);
  assert.equal(plainRunLine(HALFWAY), WORDS);
});

test('runLine: fits into the columns there are, down to none, and keeps what matters most', () => {
  for (let columns = 0; columns <= 120; columns++) {
    const line = runLine(HALFWAY, columns);
    assert.ok(line.length <= columns, `${columns}: ${line}`);
  }
  assert.equal(runLine(HALFWAY, 48), '██████░░░░░░ 97/194 files | 1.4 MB/s | 0:05 left');
  assert.equal(runLine(HALFWAY, 40), '███████░░░░░░░░ 97/194 files | 0:05 left');
});

test('runLine: without a total there is neither a bar nor a time that is left', () => {
  const line = runLine({ ...HALFWAY, total: undefined }, 120);
  assert.equal(line, '97 files so far | 12.3 MB | 1.4 MB/s | 0:03 elapsed | 2 failures');
  const last = lastRunLine({ ...HALFWAY, total: undefined }, 4_760_000, 120);
  assert.equal(last, '97 files | 12.3 MB | 1.4 MB/s | 0:03 elapsed | 2 failures');
});

test('runLine: a time that cannot be told, and days', () => {
  const unknown = { ...HALFWAY, remaining: Number.POSITIVE_INFINITY };
  assert.match(runLine(unknown, 120), / -:-- left/);
  assert.match(runLine({ ...HALFWAY, remaining: 180_000_000 }, 120), / 2d 2h left/);
});

test('runLine: the bar shows parts of files, and is full when there was nothing to do', () => {
  assert.match(
    runLine({ ...HALFWAY, total: 1, done: 0, share: 0.5 }, 120),
    /^█{20}░{20} 0\/1 file /,
  );
  assert.match(runLine({ ...HALFWAY, total: 0, done: 0, share: 0 }, 120), /^█+ 0\/0 files/);
});

test('lastRunLine: the speed of the whole run, and no time left', () => {
  const line = lastRunLine({ ...HALFWAY, elapsed: 10_000 }, 20_000_000, 120);
  assert.match(line, /97\/194 files \| 12\.3 MB \| 2\.0 MB\/s \| 0:10 elapsed \| 2 failures$/);
});

const FLAGS = { ...EMPTY_TALLY, ok: 94, 'not-found': 1, failed: 2 };

test('flagsLine: shows the bar, the counts, the rate, the times and the failures', () => {
  assert.equal(
    flagsLine(FLAGS, 194, 4_330, 100),
    `${'█'.repeat(20)}${'░'.repeat(20)} 97/194 | 22/s | 0:04 elapsed | 0:04 left | 2 failures`,
  );
});

test('flagsLine: fits into the columns there are, down to none, and leaves out the bar', () => {
  for (let columns = 0; columns <= 120; columns++) {
    const line = flagsLine(FLAGS, 194, 4_330, columns);
    assert.ok(line.length <= columns, `${columns}: ${line}`);
  }
  assert.match(flagsLine(FLAGS, 194, 4_330, 58), /^97\/194 \| 22\/s .* left \| 2 failures$/);
});

test('flagsLine: knows no remaining time before the first flag is done', () => {
  const line = flagsLine(EMPTY_TALLY, 194, 0, 80);
  assert.match(line, /^░+ 0\/194 \| 0\.0\/s \| 0:00 elapsed \| -:-- left \| 0 failures$/);
});

test('flagsLine: shows hours, slow rates and a single failure, and counts no cancelled flags', () => {
  const tally = { ...EMPTY_TALLY, ok: 967, failed: 1, cancelled: 5 };
  const line = flagsLine(tally, 984, 3_723_000, 80);
  assert.match(line, / 968\/984 \| 0\.3\/s \| 1:02:03 elapsed \| 1:02 left \| 1 failure$/);
});
