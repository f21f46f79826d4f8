import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { COMMAND } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { assertComplete, assertResumes, runShell, serveList, startShell } from './machine-run.ts';

test('get: ends with 3 when the file for its output is full, and goes on the next time', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 50, size: 100 });
  const directory = join(folder, 'files');
  const { code, stderr } = await runShell(
    'exec >/dev/full',
    ...['get', '--json', '-d', directory, '-i', wanted.list],
  );
  assert.equal(
    stderr,
    'flaghoist: cannot write the output: the disk is full; make room and run the same command again\n',
  );
  assert.equal(code, 3);
  await assertResumes(wanted, directory);
  const report = await runShell('exec >/dev/full', 'report', directory);
  assert.equal(report.code, 3);
  assert.match(report.stderr, /^flaghoist: cannot write the output: [^\n]+\n$/);
});

for (const [what, prelude] of [
  ['stderr is full', 'exec 2>/dev/full'],
  ['stderr is closed', 'exec 2>&-'],
  ['stdout is closed', 'exec >&-'],
] as const) {
  test(`get: downloads everything though ${what}`, async (t) => {
    const folder = await temporaryDirectory(t);
    const wanted = await serveList(t, folder, { rows: 50, size: 100 });
    const directory = join(folder, 'files');
    const { code } = await runShell(prelude, 'get', '-v', '-d', directory, '-i', wanted.list);
    assert.equal(code, 0);
    await assertComplete(wanted, directory);
  });
}

test('get, report and status: say nothing when their reader ends: | head -1', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 200, size: 100 });
  const directory = join(folder, 'files');
  const headOf = async (...args: string[]) => {
    const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ');
    const script = `${words} | head -1; echo "exit \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script]);
    assert.equal(stderr, '');
    return stdout.split('\n');
  };
  const get = await headOf('get', '--json', '-d', directory, '-i', wanted.list);
  assert.match(get[0] ?? '', /^\{"type":"outcome"/);
  assert.deepEqual(get.slice(1), ['exit 0', '']);
  // The files matter more than the lines about them.
  assert.equal((await readdir(directory)).length, 201);
  assert.equal((await headOf('report', '--format', 'csv', directory))[1], 'exit 0');
  assert.equal((await headOf('status', directory))[1], 'exit 0');
});

test('get: waits for the reader of --json, and ends at once on SIGINT without one', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 800, size: 10 });
  const directory = join(folder, 'files');
  const args = ['get', '--json', '-m', '20', '-d', directory, '-i', wanted.list];
  const child = startShell(':', ...args);
  const ended = once(child, 'exit');
  // A pipe holds 64 KiB and the run holds some lines: together fewer than there are rows.
  let asked = -1;
  while (wanted.server.stats.requests !== asked || asked < 100) {
    asked = wanted.server.stats.requests;
    await setTimeout(500);
  }
  assert.ok(asked < 700, `${asked} of 800 were asked for`);
  const before = performance.now();
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  // At once on an idle machine; without the reader it would never end.
  assert.ok(performance.now() - before < 3_000);
  child.stdout.destroy();
  child.stderr.destroy();
  assert.ok((await assertResumes(wanted, directory)) >= 100);
});
