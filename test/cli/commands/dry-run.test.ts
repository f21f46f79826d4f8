import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { dryRun } from '../../../src/cli/commands/dry-run.ts';
import type { DownloadOptions } from '../../../src/download-options.ts';
import type { Row } from '../../../src/model/item.ts';
import { catchOutput } from '../catch-output.ts';

/** The output of a dry run. */
async function said(
  t: TestContext,
  rows: Row[] | AsyncIterable<Row>,
  { quiet, silent, ...options }: Partial<DownloadOptions> & { quiet?: true; silent?: true } = {},
) {
  const texts = catchOutput(t);
  try {
    await dryRun(
      'length' in rows ? listed(rows) : rows,
      { directory: '/nowhere', ...options },
      { quiet, silent },
    );
  } finally {
    t.mock.restoreAll();
  }
  const { exitCode } = process;
  process.exitCode = undefined;
  return { lines: texts.stdout.split('\n').slice(0, -1), counts: texts.stderr, exitCode };
}

async function* listed(rows: Row[]): AsyncGenerator<Row, void, undefined> {
  yield* rows;
}

const TWICE = ['http://h/1/a.gif', 'http://h/2/a.gif'];

test('dryRun: names by the template, hosts by their rows', async (t) => {
  const rows = ['http://one/a', 'http://two:81/b/c', 'http://two:81/d'];
  const { lines, counts, exitCode } = await said(t, rows, { names: '{host}/{path}/{name}' });
  assert.equal(exitCode, undefined);
  assert.deepEqual(lines, [
    'one/a\thttp://one/a',
    'two_81/b/c\thttp://two:81/b/c',
    'two_81/d\thttp://two:81/d',
  ]);
  assert.equal(counts, '2\ttwo:81\n1\tone\n3 files in all.\n');
});

for (const [onCollision, expected] of [
  [
    'fail',
    [
      'a.gif',
      '*** another URL is saved as a.gif; give each a name of its own with -o or --tree, or let it have a number with --on-collision rename',
    ],
  ],
  ['rename', ['a.gif', 'a-1.gif']],
  ['overwrite', ['a.gif', 'a.gif']],
  ['skip', ['a.gif', '-']],
] as const) {
  test(`dryRun: two rows of one name, with --on-collision ${onCollision}`, async (t) => {
    const { lines } = await said(t, TWICE, { onCollision });
    assert.deepEqual(
      lines.map((line) => line.split('\t')[0]),
      expected,
    );
  });
}

test('dryRun: names that depend on the response are said to', async (t) => {
  const { lines } = await said(t, TWICE, { names: '{sha256}' });
  assert.deepEqual(
    lines.map((line) => line.split('\t')[0]),
    Array(2).fill('(depends on the response)'),
  );
});

test('dryRun: a row without the column of the template stops nothing', async (t) => {
  const { lines, counts, exitCode } = await said(t, TWICE, { names: '{kind}' });
  assert.equal(exitCode, 1);
  assert.equal(lines.length, 2);
  for (const line of lines) assert.match(line, /^\*\*\* .*\{kind\}/);
  assert.match(counts, /^2 would fail\.\n2 files in all\.$/m);
});

test('dryRun: shows no password, and nothing that controls a terminal', async (t) => {
  const problem = new Error('list:1:1: no such scheme in "ftp://ann:s3cret@h/"');
  const rows = ['http://ann:s3cret@h/a', { url: '\x1b[2J http://ann:s3cret@h/', problem }];
  const { lines, counts } = await said(t, rows);
  assert.deepEqual(lines, [
    'a\thttp://h/a',
    '*** list:1:1: no such scheme in "ftp://h/"\t\\x1b[2J http://h/',
  ]);
  assert.equal(counts.includes('s3cret'), false);
});

test('dryRun: quiet says what would fail on stderr, and silent prints nothing on stdout', async (t) => {
  const rows = ['http://one/a', { url: 'x', problem: new Error('list:2:1: no URL') }];
  const quiet = await said(t, rows, { quiet: true });
  assert.deepEqual(quiet, { lines: [], counts: '*** list:2:1: no URL\tx\n', exitCode: 1 });
  const { lines, exitCode } = await said(t, rows, { silent: true });
  assert.deepEqual({ lines, exitCode }, { lines: [], exitCode: 1 });
});

test('dryRun: ends with the reader of its output', async (t) => {
  async function* endless(): AsyncGenerator<Row, void, undefined> {
    for (let i = 0; ; i++) {
      yield `http://h/${i}`;
      if (i === 2) process.stdout.emit('error', Object.assign(new Error(), { code: 'EPIPE' }));
      if (i > 2) await new Promise(() => {});
    }
  }
  const ignore = (): void => {};
  process.stdout.on('error', ignore);
  t.after(() => process.stdout.off('error', ignore));
  const { lines, counts } = await said(t, endless());
  assert.deepEqual([lines.length, counts], [3, '']);
});
