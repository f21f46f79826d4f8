import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GetReporter } from '../../../src/cli/output/get-reporter.ts';
import { HttpStatusError } from '../../../src/model/failure.ts';
import { failedOutcome, type Outcome } from '../../../src/model/outcome.ts';
import { catchOutput } from '../catch-output.ts';

const saved: Outcome = {
  item: { index: 0, url: 'http://a/x' },
  status: 'ok',
  path: 'files/x',
  bytes: 5,
  attempts: 1,
};
const missing = failedOutcome({ index: 1, url: 'http://a/y' }, new HttpStatusError(404, 'No'));

type Options = Partial<Parameters<typeof GetReporter.open>[0]>;

/** What a run with these two rows prints. */
async function said(t: TestContext, options: Options) {
  const texts = catchOutput(t);
  try {
    const stopped = new AbortController().signal;
    const rows = () => 2;
    const look = {
      json: undefined,
      verbose: undefined,
      quiet: undefined,
      progress: 'none',
    } as const;
    const base = { directory: 'files', rows, stopped, ...look };
    using reporter = await GetReporter.open({ ...base, ...options });
    reporter.note('a note');
    for (const outcome of [saved, missing]) await reporter.add(outcome);
    reporter.end('how to go on');
    assert.deepEqual([reporter.tally.ok, reporter.tally['not-found']], [1, 1]);
  } finally {
    t.mock.restoreAll();
  }
  return texts;
}

test('GetReporter: prints a summary on stdout, and notes on stderr', async (t) => {
  const { stdout, stderr } = await said(t, {});
  assert.match(stdout, /^ok +1 +5 B$/m);
  assert.match(stdout, /^not found +1/m);
  assert.match(stdout, /how to go on$/);
  assert.equal(stderr, 'flaghoist: a note\n');
});

test('GetReporter: --verbose prints a line for each row before that', async (t) => {
  const { stdout } = await said(t, { verbose: true });
  assert.match(stdout, /^.*x.*\n.*y.*\n/);
});

test('GetReporter: --json prints nothing but lines of JSON', async (t) => {
  const { stdout } = await said(t, { json: true });
  const types = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  assert.deepEqual(types, ['outcome', 'outcome', 'done']);
});

test('GetReporter: with --quiet, and while a file goes to stdout, failures go to stderr', async (t) => {
  for (const options of [{ quiet: true }, { isStdoutTaken: true }] as const) {
    const { stdout, stderr } = await said(t, options);
    assert.equal(stdout, '');
    assert.match(stderr, /^flaghoist: a note\n.*http:\/\/a\/y.*\n$/);
  }
});
