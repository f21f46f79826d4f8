import assert from 'node:assert/strict';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { finished } from '../cli/run-flaghoist.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  assertResumes,
  runShell,
  serveList,
  smallDisk,
  startShell,
  untilAsked,
} from './machine-run.ts';

/** Runs as another user, since permissions do not stop root. Coverage is off: that user could not write it. */
const AS_NOBODY =
  'unset NODE_V8_COVERAGE; set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"';

const isRoot = process.getuid?.() === 0;

/** More files are saved while the directory is being emptied. */
const REMOVE = { recursive: true, force: true, maxRetries: 20, retryDelay: 10 } as const;

for (const [what, act] of [
  ['removed', (directory: string) => rm(directory, REMOVE)],
  [
    'replaced by another',
    async (directory: string) => {
      await rename(directory, `${directory}-before`);
      await mkdir(directory);
    },
  ],
] as const) {
  test(`get: ends in one clear line when its directory is ${what}, and goes on`, async (t) => {
    const folder = await temporaryDirectory(t);
    const wanted = await serveList(t, folder, { rows: 120, size: 1_000, delay: 100 });
    const directory = join(folder, 'files');
    const run = finished(startShell(':', 'get', '-m', '20', '-d', directory, '-i', wanted.list));
    await untilAsked(wanted, 60);
    await act(directory);
    const { code, stdout, stderr } = await run;
    assert.ok(code === 1 || code === 3, `${code}`);
    assert.doesNotMatch(stderr, /\n +at /, 'a stack trace');
    const said = stderr.split('\n');
    assert.deepEqual(said, [...new Set(said)], 'a line twice');
    assert.match(stdout + stderr, /not-writable|cannot be/);
    await assertResumes(wanted, directory);
  });
}

test('get: ends with 3 and one line on a read-only file system', async (t) => {
  const disk = await smallDisk(t, '20m');
  if (disk === undefined) return;
  const wanted = await serveList(t, await temporaryDirectory(t), { rows: 5, size: 100 });
  const directory = join(disk.path, 'files');
  disk.remount('ro');
  const { code, stderr } = await runShell(':', 'get', '-d', directory, '-i', wanted.list);
  assert.equal(code, 3);
  assert.match(stderr, /^flaghoist: cannot create [^\n]+read-only file system[^\n]+\n$/);
  disk.remount('rw');
  await assertResumes(wanted, directory);
});

test('get: rows fail while their directory is not writable, and are saved once it is', {
  skip: !isRoot && 'only root can become another user',
}, async (t) => {
  const folder = await temporaryDirectory(t);
  await chmod(folder, 0o755);
  const wanted = await serveList(t, folder, { rows: 100, size: 1_000, delay: 50 });
  const directory = join(folder, 'files');
  await mkdir(directory);
  await chmod(directory, 0o777);
  const run = finished(
    startShell(AS_NOBODY, 'get', '-m', '10', '-d', directory, '-i', wanted.list),
  );
  await untilAsked(wanted, 40);
  await chmod(directory, 0o555);
  const { code, stdout, stderr } = await run;
  assert.deepEqual([code, stderr], [1, '']);
  assert.match(stdout, /^not-writable \(\d+\): look at the permissions of the directory$/m);
  await chmod(directory, 0o777);
  assert.ok((await assertResumes(wanted, directory)) >= 20);
});
