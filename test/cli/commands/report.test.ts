import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeLedger } from '../ledger-directory.ts';
import { runFlaghoist } from '../run-flaghoist.ts';

test('report --format json: has a line for each row and one for all', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory, { duplicateOf: join(directory, 'earlier') });
  const { code, stdout } = await runFlaghoist('report', directory, '--format', 'json');
  assert.equal(code, 0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines, [
    {
      type: 'outcome',
      index: 0,
      url: 'https://example.com/a',
      status: 'ok',
      reason: null,
      path: join(directory, 'a'),
      bytes: 5,
      httpStatus: 200,
      attempts: 1,
      name: 'a',
      duplicateOf: join(directory, 'earlier'),
    },
    {
      type: 'outcome',
      index: 1,
      url: 'https://example.com/=b',
      status: 'failed',
      reason: 'http-503',
      path: null,
      bytes: 0,
      httpStatus: 503,
      attempts: 2,
      name: '=b',
      message: '503',
    },
    {
      type: 'outcome',
      index: 2,
      url: 'https://example.com/c',
      status: 'not-found',
      reason: 'http-404',
      path: null,
      bytes: 0,
      httpStatus: 404,
      attempts: 2,
      name: 'c',
    },
    { type: 'done', total: 3, ok: 1, skipped: 0, notFound: 1, failed: 1, cancelled: 0 },
  ]);
});

test('report --format csv --where: has a header and the matching rows', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const where = 'status in (503, 429)';
  const { code, stdout } = await runFlaghoist(
    'report',
    directory,
    '--format',
    'csv',
    '--where',
    where,
  );
  assert.equal(code, 0);
  const [header = '', row = '', ...more] = stdout.split('\r\n');
  assert.match(header, /^index,url,status,reason,path,bytes,httpStatus,attempts,name,/);
  assert.match(row, /^1,https:\/\/example\.com\/=b,failed,http-503,,0,503,2,'=b,/);
  assert.equal(row.split(',').length, header.split(',').length);
  assert.deepEqual(more, ['']);
});

test('report: the text names the hosts', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const { code, stdout } = await runFlaghoist('report', directory);
  assert.equal(code, 0);
  assert.match(stdout, /^3 rows in all\.$/m);
  assert.match(stdout, /^example\.com +3 +2 +5 B$/m);
});

test('report --where: an error names its column in the condition', async (t) => {
  const directory = await temporaryDirectory(t);
  const { code, stderr } = await runFlaghoist('report', directory, '--where', 'status in 429');
  assert.match(
    stderr,
    /^\*\*\* Usage error: --where CONDITION: column 11: expected '\(', not 429\nusage: /,
  );
  assert.equal(code, 2);
});

test('report --format parquet: a table in a file', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const path = join(directory, 'report.parquet');
  const run = await runFlaghoist('report', directory, '--format', 'parquet', '-o', path);
  assert.deepEqual([run.code, run.stdout, run.stderr], [0, '', '']);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  assert.deepEqual(
    rows.map(({ index, url, status, path: file }) => [index, url, status, file]),
    [
      [0n, 'https://example.com/a', 'ok', join(directory, 'a')],
      [1n, 'https://example.com/=b', 'failed', null],
      [2n, 'https://example.com/c', 'not-found', null],
    ],
  );
});
