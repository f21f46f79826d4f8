import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { assertComplete, runShell, serveList } from './machine-run.ts';

/** From its 20th reading on, the clock is an hour behind, and later two hours. */
const BACK = `
  const { now } = Date;
  let asked = 0;
  Date.now = () => now() - 3_600_000 * (Math.min(++asked, 40) / 20 | 0);
`;

test('get: works while the clock goes back', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 100, size: 1_000, delay: 10 });
  const preload = join(folder, 'back.mjs');
  await writeFile(preload, BACK);
  const directory = join(folder, 'files');
  const prelude = `export NODE_OPTIONS='--import ${pathToFileURL(preload)}'`;
  const { code, stdout, stderr } = await runShell(
    prelude,
    ...['get', '--json', '-m', '8', '-d', directory, '-i', wanted.list],
  );
  assert.deepEqual([code, stderr], [0, '']);
  const outcomes = stdout
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const starts = outcomes.map(({ startedAt }) => startedAt);
  assert.ok(Math.max(...starts) - Math.min(...starts) > 7_000_000, 'the clock went back');
  for (const { elapsed, queued, timings } of outcomes) {
    const { sent, firstByte, end } = timings;
    assert.ok(queued >= 0 && sent >= 0 && sent <= firstByte && firstByte <= end && end <= elapsed);
    assert.ok(elapsed < 30_000);
  }
  const { stdout: status } = await runShell(':', 'status', directory);
  assert.match(status, /^Nothing is left to do\.$/m);
  assert.match(status, /^Run 1, .* after \d+\.\d s\.$/m, 'no negative time');
  await assertComplete(wanted, directory);
});
