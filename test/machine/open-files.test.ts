import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { assertComplete, runShell, serveList } from './machine-run.ts';

for (const [asked, said] of [
  [
    '200',
    'flaghoist: 12 requests at a time instead of 200: more do not fit into the files it may open (ulimit -n)\n',
  ],
  ['auto', ''],
] as const) {
  test(`get: -m ${asked} with 64 open files makes as many requests as fit`, async (t) => {
    const folder = await temporaryDirectory(t);
    const wanted = await serveList(t, folder, { rows: 150, size: 1_000, delay: 10 });
    const directory = join(folder, 'files');
    const { code, stderr } = await runShell(
      'ulimit -n 64',
      ...['get', '-m', asked, '-d', directory, '-i', wanted.list],
    );
    assert.deepEqual([code, stderr], [0, said]);
    assert.ok(wanted.server.stats.maxInFlight <= 12, `${wanted.server.stats.maxInFlight}`);
    await assertComplete(wanted, directory);
  });
}
