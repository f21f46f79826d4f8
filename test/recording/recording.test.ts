// Slow: starts threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerReader } from '../../src/ledger/read/ledger-reader.ts';
import { StoppedByRule } from '../../src/model/stopped-by-rule.ts';
import { Activity } from '../../src/observe/activity.ts';
import { Recording } from '../../src/recording/recording.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

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
