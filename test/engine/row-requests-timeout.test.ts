import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TimeoutError } from '../../src/concurrency/errors.ts';
import { createTask } from '../../src/concurrency/index.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { abortListeners, settle } from '../concurrency/support.ts';
import { hang, lost, SAVED, type Script, Stage } from './stage.ts';

/** One row with a second for all of it. */
function start(t: TestContext, script: Script = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stage = new Stage({ rowTimeout: 1_000, ...script });
  const run = () => stage.download();
  return { stage, log: stage.log, run };
}

async function assertTimedOut(stage: Stage, outcome: Promise<Outcome>): Promise<void> {
  const { status, reason, error } = await outcome;
  assert.deepEqual([status, reason], ['failed', 'timeout-total']);
  assert.ok(error?.cause instanceof TimeoutError);
  assert.equal(error.detail, 'not done after 1000 ms');
  // A later run has as much time again: it goes on from there.
  assert.equal(stage.log.at(-1), 'discard, keep the part');
  assert.ok(await stage.admits());
  stage.run.stop[Symbol.dispose]();
  assert.equal(abortListeners(stage.stopping.signal), 0);
}

test('RowRequests: row timeout: ends the request, gives its permit back and keeps the part', async (t) => {
  const { stage, log, run } = start(t, { answers: [hang] });
  const outcome = run();
  await settle();
  await stage.pass(t, 999);
  assert.equal(log.at(-1), 'fetch http://a/br.gif');
  await stage.pass(t, 1);
  assert.equal(log.at(-2), 'released');
  await assertTimedOut(stage, outcome);
});

test('RowRequests: row timeout: its time starts with the first permit, not while it waits for it', async (t) => {
  const { stage, log, run } = start(t, { answers: [hang] });
  const permit = await stage.queue.admitQuietly('http://other', {});
  const outcome = run();
  await settle();
  await stage.pass(t, 60_000);
  assert.deepEqual(log, []);
  permit.release();
  await settle();
  await stage.pass(t, 999);
  assert.equal(log.at(-1), 'fetch http://a/br.gif');
  await stage.pass(t, 1);
  await assertTimedOut(stage, outcome);
});

test('RowRequests: row timeout: is for all tries, and ends the wait between two', async (t) => {
  const { stage, run } = start(t, { answers: [lost(), lost()] });
  const outcome = run();
  await settle();
  await stage.pass(t, 500);
  await stage.pass(t, 499);
  assert.equal(stage.requests.length, 2);
  await stage.pass(t, 1);
  await assertTimedOut(stage, outcome);
  assert.equal((await outcome).attempts, 2);
});

test('RowRequests: row timeout: ends the wait for another permit', async (t) => {
  const { stage, log, run } = start(t, { answers: [lost()] });
  const outcome = run();
  await settle();
  const permit = await stage.queue.admitQuietly('http://other', {});
  await stage.pass(t, 500);
  assert.equal(log.filter((line) => line === 'admitted').length, 1);
  await stage.pass(t, 500);
  permit.release();
  await assertTimedOut(stage, outcome);
});

test('RowRequests: row timeout: a task that never starts keeps no permit', async (t) => {
  const { stage, log, run } = start(t, { rowTimeout: 0 });
  assert.equal((await run()).reason, 'timeout-total');
  assert.deepEqual(log, ['admitted', 'open 7', 'discard, keep the part', 'released']);
  assert.ok(await stage.admits());
});

test('RowRequests: row timeout: a file that is being saved by then is saved', async (t) => {
  const saving = Promise.withResolvers<typeof SAVED>();
  const { stage, log, run } = start(t, { draft: { commit: () => saving.promise } });
  const outcome = run();
  await settle();
  await stage.pass(t, 2_000);
  saving.resolve(SAVED);
  assert.equal((await outcome).status, 'ok');
  assert.equal(log.at(-1), 'commit');
});

test('RowRequests: row timeout: a file that cannot be saved by then says why', async (t) => {
  const saving = Promise.withResolvers<typeof SAVED>();
  const { stage, run } = start(t, { draft: { commit: () => saving.promise } });
  const outcome = run();
  await settle();
  await stage.pass(t, 2_000);
  saving.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  assert.equal((await outcome).reason, 'disk-full');
});

test('RowRequests: row timeout: a task that is cancelled while its file is saved discards nothing', async (t) => {
  const saving = Promise.withResolvers<typeof SAVED>();
  const { log, run } = start(t, { draft: { commit: () => saving.promise } });
  const task = createTask(run);
  await settle();
  task.cancel();
  await settle();
  saving.resolve(SAVED);
  assert.equal((await task).status, 'ok');
  assert.equal(log.at(-1), 'commit');
});

test('RowRequests: row timeout: a run that is stopped first makes the row a cancelled one', async (t) => {
  const { stage, run } = start(t, { answers: [hang] });
  const outcome = run();
  await settle();
  stage.stopping.abort();
  assert.equal((await outcome).status, 'cancelled');
});

test('RowRequests: row timeout: a task that is cancelled first makes the row a cancelled one', async (t) => {
  const { run } = start(t, { answers: [hang] });
  const task = createTask(run);
  await settle();
  task.cancel();
  assert.equal((await task).status, 'cancelled');
});
