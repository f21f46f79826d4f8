import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { finished } from '../cli/run-flaghoist.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  assertComplete,
  assertResumes,
  assertSound,
  serveList,
  signalAfter,
  startShell,
} from './machine-run.ts';

/** What nohup does before it starts a command whose standard input is a terminal. */
const AS_NOHUP = "trap '' HUP; exec 0> /dev/null";

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`get: ends with ${expected} at ${signal}, accounts for each row it has read, and goes on`, async (t) => {
    const folder = await temporaryDirectory(t);
    const wanted = await serveList(t, folder, { rows: 100, size: 1_000, delay: 100 });
    const directory = join(folder, 'files');
    const child = startShell(':', 'get', '-m', '20', '-d', directory, '-i', wanted.list);
    const run = finished(child);
    await signalAfter(wanted, 50, child, signal);
    const { code, stdout, stderr } = await run;
    assert.deepEqual([code, stderr], [expected, '']);
    assert.match(stdout, /^cancelled +\d+$/m);
    assert.ok((await assertResumes(wanted, directory)) >= 20);
  });

  // A closed terminal sends SIGHUP twice, so there another signal ends the run at once.
  const second = signal === 'SIGHUP' ? 'SIGTERM' : signal;
  test(`get: ends at once at ${signal} and a ${second} more, and goes on`, async (t) => {
    const folder = await temporaryDirectory(t);
    const wanted = await serveList(t, folder, { rows: 60, size: 1_000, delay: 100 });
    const directory = join(folder, 'files');
    // The first signal starts a clean end; the second may arrive before or after that end.
    const child = startShell(':', 'get', '-m', '20', '-d', directory, '-i', wanted.list);
    const run = finished(child);
    await signalAfter(wanted, 30, child, signal);
    child.kill(second);
    const { code, signal: by } = await run;
    // When two signals wait for a process that is not scheduled, the system may deliver the second first.
    const either = [expected, 128 + constants.signals[second]];
    assert.ok(by === second || either.includes(code ?? 0), `${code} ${by}`);
    assertSound(directory);
    await assertResumes(wanted, directory);
  });
}

test('get: outlives the terminal under nohup', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 60, size: 1_000, delay: 50 });
  const directory = join(folder, 'files');
  const child = startShell(AS_NOHUP, 'get', '-m', '20', '-d', directory, '-i', wanted.list);
  const run = finished(child);
  await signalAfter(wanted, 30, child, 'SIGHUP');
  const { code, stdout } = await run;
  assert.equal(code, 0, stdout);
  await assertComplete(wanted, directory);
});

test('get: goes on after a kill between two rows', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 120, size: 1_000, delay: 50 });
  const directory = join(folder, 'files');
  const child = startShell(':', 'get', '-m', '20', '-d', directory, '-i', wanted.list);
  const run = finished(child);
  await signalAfter(wanted, 60, child, 'SIGKILL');
  assert.equal((await run).signal, 'SIGKILL');
  assertSound(directory);
  await assertResumes(wanted, directory);
});
