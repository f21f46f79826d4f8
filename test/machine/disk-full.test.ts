import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { assertResumes, runShell, serveList, smallDisk } from './machine-run.ts';

const MAKE_ROOM = 'the disk is full; make room and run the same command again';

for (const { what, rows, size, disk } of [
  { what: 'files that threads save', rows: 60, size: 60_000, disk: '2m' },
  { what: 'files that are written as they come', rows: 3, size: 2_500_000, disk: '4m' },
  { what: 'hundreds of tiny files', rows: 300, size: 100, disk: '600k' },
  { what: 'not even the ledger', rows: 5, size: 100, disk: '40k' },
]) {
  test(`get: ends with 3 on a disk with no room for ${what}, and goes on with more room`, async (t) => {
    const small = await smallDisk(t, disk);
    if (small === undefined) return;
    const wanted = await serveList(t, await temporaryDirectory(t), { rows, size });
    const directory = join(small.path, 'files');
    const { code, stderr } = await runShell(
      ':',
      ...['get', '-m', '8', '-d', directory, '-i', wanted.list],
    );
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^flaghoist: [^\n]+\n$/);
    assert.ok(stderr.includes(MAKE_ROOM), stderr);
    small.remount('size=60m');
    await assertResumes(wanted, directory);
  });
}

test('get --sink tar: a disk that gets full under a shard ends the run with 3, and nothing is lost', async (t) => {
  const small = await smallDisk(t, '4m');
  if (small === undefined) return;
  const { list } = await serveList(t, await temporaryDirectory(t), { rows: 60, size: 90_000 });
  const directory = join(small.path, 'set');
  // One at a time: with several the second shard may be begun before the first one has its name.
  const args = ['get', '-m', '1', '--sink', `tar:${directory}`, '--shard-size', '25', '-i', list];
  const { code, stderr } = await runShell(':', ...args);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /^flaghoist: cannot write the shard 00001\.tar in [^\n]+\n$/);
  assert.ok(stderr.includes(MAKE_ROOM), stderr);
  const shards = async () => (await readdir(directory)).filter((name) => name.endsWith('.tar'));
  assert.deepEqual(await shards(), ['00000.tar']);
  small.remount('size=60m');
  const again = await runShell(':', ...args, '--json');
  assert.equal(again.code, 0, again.stderr);
  const { ok, skipped } = JSON.parse(again.stdout.trimEnd().split('\n').at(-1) ?? '');
  assert.deepEqual([ok, skipped], [35, 25]);
  assert.equal((await shards()).length, 3);
});
