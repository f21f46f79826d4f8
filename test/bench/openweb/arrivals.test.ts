import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { arrivalsOf, arrivedFiles } from '../../../bench/openweb/arrivals.ts';

test('arrivalsOf: shares are of all available files, in any order of arrival', () => {
  const times = Array.from({ length: 200 }, (_, index) => (200 - index) / 10);
  assert.deepEqual(arrivalsOf(times, 200), { secondsTo50: 10, secondsTo90: 18, secondsTo99: 19.8 });
});

test('arrivalsOf: a share that was never reached has no time', () => {
  assert.deepEqual(arrivalsOf([1, 2, 3, 4, 5, 6], 10), { secondsTo50: 5 });
  assert.deepEqual(arrivalsOf([], 10), {});
});

test('arrivedFiles: a whole file counts from when it was finished, whatever its mtime', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-arrivals-'));
  try {
    const startedAt = Date.now() - 5_000;
    await writeFile(join(directory, 'a.gif'), 'whole');
    await utimes(join(directory, 'a.gif'), 0, 0);
    await writeFile(join(directory, 'cut.gif'), 'wh');
    const expected = ['a.gif', 'cut.gif'].map((name) => ({ name, bytes: 5 }));
    const {
      files,
      secondsTo50 = 0,
      secondsTo90,
    } = await arrivedFiles(directory, expected, startedAt);
    assert.equal(files, 1);
    assert.ok(secondsTo50 > 4.9 && secondsTo50 < 60, `${secondsTo50} s`);
    assert.equal(secondsTo90, undefined);
  } finally {
    await rm(directory, { recursive: true });
  }
});
