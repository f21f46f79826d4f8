import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ComparePage } from '../../../src/report/comparison.ts';
import { dataIn } from '../../support/stand-in-page.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ended, runFlaghoist, startFlaghoist } from '../run-flaghoist.ts';
import { stderrOfWrongUsage } from '../wrong-usage.ts';

const USAGE =
  'usage: flaghoist compare [-h] [--requests N] [--delay D] [--server LABEL] [--threads N] [--tasks LIST] [--styles NAMES] [--json] [--html FILE]';

test('compare: runs each style, and shows what it cost', async () => {
  const { code, stdout, stderr } = await runFlaghoist(
    ...['compare', '--requests', '12', '--delay', '20ms', '--threads', '2'],
  );
  assert.equal(code, 0, stderr);
  const styles = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2).join(' '));
  assert.deepEqual(styles, [
    ...['style at once', 'one-by-one 1', 'threads 2', 'callbacks 12', 'tasks 5', 'tasks 12', ''],
  ]);
  assert.match(stderr, /^12 files, each answer 20 ms late$/m);
  assert.match(stderr, /^one-by-one, 1 at a time, takes 240 ms at least \.\.\.$/m);
});

test('compare --json: has the times of each file', async () => {
  const { code, stdout } = await runFlaghoist(
    ...['compare', '--requests', '6', '--server', 'local', '--styles', 'tasks', '--json'],
  );
  assert.equal(code, 0);
  const { requests, delay, styles } = JSON.parse(stdout);
  assert.deepEqual([requests, delay, styles.length], [6, 0, 2]);
  assert.deepEqual(
    styles.map(({ asked }: { asked: number }) => asked),
    [5, 6],
  );
  for (const { times } of styles) assert.equal(times.length, 6);
});

test('compare --tasks: is how many run at a time', async () => {
  const { code, stdout } = await runFlaghoist(
    ...['compare', '--requests', '6', '--server', 'local', '--styles', 'tasks', '--json'],
    ...['--tasks', '2,4,9'],
  );
  assert.equal(code, 0);
  const asked = JSON.parse(stdout).styles.map((style: { asked: number }) => style.asked);
  assert.deepEqual(asked, [2, 4, 6]);
});

test('compare --html: writes a page with the times of each file', async (t) => {
  const file = join(await temporaryDirectory(t), 'compare.html');
  const { code, stdout } = await runFlaghoist(
    ...['compare', '--requests', '6', '--server', 'local', '--styles', 'tasks', '--html', file],
  );
  assert.equal(code, 0);
  assert.match(stdout, /^style +at once/);
  const page = dataIn(await readFile(file, 'utf8')) as ComparePage;
  assert.deepEqual([page.kind, page.requests, page.delay], ['compare', 6, 0]);
  assert.deepEqual(
    page.styles.map(({ style, asked, times }) => [style, asked, times.length]),
    [
      ['tasks', 5, 6],
      ['tasks', 6, 6],
    ],
  );
});

test('compare: SIGINT shows the styles done so far, and leaves none running', async () => {
  const child = startFlaghoist('compare', '--requests', '500', '--styles', 'one-by-one');
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  assert.deepEqual(await ended(child), { code: 130, signal: null });
});

for (const { args, message } of [
  { args: ['--requests', '0'], message: '--requests N must be >= 1' },
  { args: ['--requests', '10001'], message: '--requests N must be <= 10000' },
  { args: ['--threads', '0'], message: '--threads N must be >= 1' },
  { args: ['--tasks', '5,0'], message: '--tasks LIST must be >= 1' },
  {
    args: ['--server', 'REMOTE'],
    message: "--server LABEL must be one of DELAY, LOCAL, not 'REMOTE'",
  },
  {
    args: ['--styles', 'tasks,fibers'],
    message: "--styles NAMES must be one of one-by-one, threads, callbacks, tasks, not 'fibers'",
  },
]) {
  test(`compare ${args.join(' ')}: is wrong usage`, async (t) => {
    const stderr = await stderrOfWrongUsage(t, 'compare', ...args);
    assert.equal(stderr, `*** Usage error: ${message}\n${USAGE}\n`);
  });
}

test('compare --help: shows the default delay with its unit', async () => {
  const { code, stdout } = await runFlaghoist('compare', '--help');
  assert.equal(code, 0);
  assert.match(stdout, /--delay <D> [^-]*\(default:\s+100ms\)/);
});
