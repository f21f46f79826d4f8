import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ReportPage } from '../../src/report/page/page-data.ts';
import { dataIn } from '../support/stand-in-page.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { writeLedger } from './ledger-directory.ts';
import { runFlaghoist } from './run-flaghoist.ts';

test('report --format html: is a page with every row, on stdout or in a file', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const args = ['report', directory, '--format', 'html'];
  const { code, stdout, stderr } = await runFlaghoist(...args);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^<!doctype html>/i);
  const { kind, state, rows } = dataIn(stdout) as ReportPage;
  assert.deepEqual([kind, state.command], ['report', 'flaghoist get -i list.txt']);
  assert.deepEqual(
    rows.url,
    ['a', '=b', 'c'].map((name) => `https://example.com/${name}`),
  );
  assert.deepEqual(state.totals, { ok: 1, skipped: 0, 'not-found': 1, failed: 1, cancelled: 0 });

  const output = await temporaryDirectory(t);
  const file = join(output, 'report.html');
  assert.deepEqual(await runFlaghoist(...args, '-o', file), {
    code: 0,
    signal: null,
    stdout: '',
    stderr: '',
  });
  assert.equal(await readFile(file, 'utf8'), stdout);
  assert.deepEqual(await readdir(output), ['report.html']);
});

test('report --format html --where: has matching rows only, and all counts', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const { code, stdout } = await runFlaghoist(
    ...['report', directory, '--format', 'html', '--where', 'status = failed'],
  );
  assert.equal(code, 0);
  const { state, rows } = dataIn(stdout) as ReportPage;
  assert.deepEqual([rows.index, state.totals.ok], [[1], 1]);
  assert.equal(state.leftOut?.which, 'the 2 that do not meet status = failed');
});

for (const format of ['text', 'json', 'csv']) {
  test(`report --format ${format} -o FILE: the file has what stdout would have`, async (t) => {
    const directory = await temporaryDirectory(t);
    await writeLedger(directory);
    const args = ['report', directory, '--format', format];
    const file = join(directory, 'out');
    const { code, stdout } = await runFlaghoist(...args, '--output', file);
    assert.deepEqual([code, stdout], [0, '']);
    assert.equal(await readFile(file, 'utf8'), (await runFlaghoist(...args)).stdout);
  });
}

test('report -o: a file that cannot be written is one line and exit code 3', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const file = join(directory, 'missing', 'report.html');
  const { code, stdout, stderr } = await runFlaghoist('report', directory, '-o', file);
  assert.deepEqual([code, stdout], [3, '']);
  assert.match(stderr, /^flaghoist: cannot write .*missing\/report\.html: .*\n$/);
});
