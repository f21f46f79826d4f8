// Slow: starts processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ledger } from '../../src/ledger/ledger.ts';
import { DirectoryLock } from '../../src/ledger/open-database.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = fileURLToPath(new URL('./programs/write-rows.ts', import.meta.url));

test('DirectoryLock: keeps a second process out until the first is killed', async (t) => {
  const directory = await temporaryDirectory(t);
  const child = spawn(process.execPath, [PROGRAM, directory, '1000000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.resume();

  assert.equal(DirectoryLock.isHeld(directory), true);
  assert.throws(() => Ledger.open(directory), {
    name: 'BrokenRunError',
    message: `another run is using ${directory}; wait until it has ended, or stop it`,
  });

  child.kill('SIGKILL');
  await closed;
  assert.equal(DirectoryLock.isHeld(directory), false);
  await Ledger.open(directory).close('complete');
});

test('DirectoryLock: keeps a second run of the same process out', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  assert.throws(() => Ledger.open(directory), /another run is using/);
  await ledger.close('complete');
  await Ledger.open(directory).close('complete');
});

test('DirectoryLock: is not held where there is no run', async (t) => {
  assert.equal(DirectoryLock.isHeld(await temporaryDirectory(t)), false);
});
