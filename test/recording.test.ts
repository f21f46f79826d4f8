// Slow: starts threads.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LedgerReader } from '../src/ledger/read/ledger-reader.ts';
import { StoppedByRule } from '../src/model/stopped-by-rule.ts';
import { Activity } from '../src/observe/activity.ts';
import { Recording } from '../src/recording.ts';
import { anItem, ok, runOf } from './ledger/support.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

/** Rows of the list. */
const ROWS = 600;

/** A ledger of rows that are all the same, but for their files: of the first ten these are there. */
async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const items = Array.from({ length: ROWS }, (_, i) => anItem(i, { url: 'https://example.com/' }));
  await runOf(
    directory,
    items.map((item) => ok(item)),
  );
  for (let i = 0; i < 10; i++) await writeFile(join(directory, `${i}.jpg`), '0123456789');
  const recording = Recording.open({ directory, ledger: true });
  assert.ok(recording !== undefined);
  const nameOf = (earlier: Awaited<ReturnType<typeof recording.recall>>) =>
    earlier && relative(directory, earlier.file.path);
  return { items: items.slice(0, 20), recording, nameOf };
}

const NAMES = Array.from({ length: 20 }, (_, i) => (i < 10 ? `${i}.jpg` : undefined));

test('Recording.recall: equal rows are told apart by their order', async (t) => {
  const { items, recording: opened, nameOf } = await setUp(t);
  await using recording = opened;
  assert.deepEqual(
    items.map((item) => nameOf(recording.recall(item))),
    NAMES,
  );
});

test('Recording.watch: takes note of how busy the run is, while it is', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const directory = await temporaryDirectory(t);
  const recording = Recording.open({ directory, ledger: true });
  assert.ok(recording !== undefined);
  const activity = new Activity();
  let inFlight = 3;
  activity.follow({ maxRequests: 9, loads: () => [{ inFlight, allowed: 4 }] });
  recording.watch(activity);
  t.mock.timers.tick(1_000);
  inFlight = 0;
  t.mock.timers.tick(1_000);
  inFlight = 4;
  t.mock.timers.tick(1_000);
  await recording[Symbol.asyncDispose]();
  t.mock.timers.tick(1_000);
  using reader = new LedgerReader(directory);
  assert.deepEqual(
    reader.loads(1).map((load) => [load.inFlight, load.allowed]),
    [
      [3, 4],
      [4, 4],
    ],
  );
});

for (const [ending, signal] of [
  ['complete', new AbortController().signal],
  ['interrupted', AbortSignal.abort()],
  ['stopped', AbortSignal.abort(new StoppedByRule('too many failures'))],
] as const) {
  test(`Recording.complete: a run that ends so is ${ending}`, async (t) => {
    const directory = await temporaryDirectory(t);
    {
      await using recording = Recording.open({ directory, ledger: true });
      await recording?.complete(signal);
    }
    using reader = new LedgerReader(directory);
    assert.equal(reader.lastRun?.ending, ending);
  });
}
