import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { abortListeners, settle } from '../concurrency/support.ts';
import { hang, ITEM, lost, RECEIVED, SAVED, type Script, Stage } from './stage.ts';

function setUp(script: Script = {}) {
  const stage = new Stage(script);
  const { log, stopping } = stage;
  const run = () => stage.download();
  return { stage, log, stopping, run };
}

async function assertCancelled(stage: Stage, running: PromiseLike<Outcome>): Promise<void> {
  const { queued, startedAt, elapsed, ...outcome } = await running;
  assert.deepEqual(outcome, {
    item: ITEM,
    status: 'cancelled',
    reason: 'cancelled',
    bytes: 0,
    attempts: stage.requests.length,
  });
  assert.ok(startedAt && elapsed !== undefined);
  // A later run may go on with it.
  if (stage.log.length > 0) assert.equal(stage.log.at(-1), 'discard, keep the part');
  assert.ok(await stage.admits());
  stage.run.stop[Symbol.dispose]();
  assert.equal(abortListeners(stage.stopping.signal), 0);
}

test('RowRequests: stop: a row that waits for its first permit is never requested', async () => {
  const { stage, log, stopping, run } = setUp();
  const permit = await stage.queue.admitQuietly('http://other', {});
  const outcome = run();
  await settle();
  stopping.abort();
  permit.release();
  await assertCancelled(stage, outcome);
  assert.deepEqual(log, []);
});

for (const reason of [undefined, new Error('of its own'), 'SIGINT', null, 0]) {
  test(`RowRequests: stop: during the request, for ${reason}`, async () => {
    const { stage, log, stopping, run } = setUp({ answers: [hang] });
    const outcome = run();
    await settle();
    stopping.abort(reason);
    await assertCancelled(stage, outcome);
    assert.equal(log.at(-2), 'released');
  });
}

test('RowRequests: stop: during the wait for another try', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, stopping, run } = setUp({ answers: [lost()] });
  const outcome = run();
  await settle();
  assert.equal(stage.requests.length, 1);
  stopping.abort();
  await assertCancelled(stage, outcome);
});

test('RowRequests: stop: while the origin is held', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, log, stopping, run } = setUp({ answers: [new HttpStatusError(503, '', 9_000)] });
  const outcome = run();
  await settle();
  assert.equal(log.at(-1), 'released');
  assert.equal(stage.queue.isOpen('http://a'), false);
  stopping.abort();
  await assertCancelled(stage, outcome);
});

test('RowRequests: stop: while the row waits for the permit of another try', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, stopping, run } = setUp({ answers: [lost()] });
  const outcome = run();
  await settle();
  const permit = await stage.queue.admitQuietly('http://other', {});
  await stage.pass(t, 500);
  stopping.abort();
  permit.release();
  await assertCancelled(stage, outcome);
});

test('RowRequests: stop: a failure that comes at the same time is not tried again', async () => {
  const { stage, stopping, run } = setUp({
    answers: [
      async () => {
        stopping.abort();
        throw lost();
      },
    ],
  });
  await assertCancelled(stage, run());
});

test('RowRequests: stop: the next mirror is not tried', async () => {
  const { stage, stopping } = setUp({
    answers: [
      async () => {
        stopping.abort();
        throw new HttpStatusError(404);
      },
    ],
  });
  const item = { ...ITEM, mirrors: ['http://b/br.gif'] };
  assert.equal((await stage.download(item)).status, 'cancelled');
  assert.equal(stage.requests.length, 1);
});

test('RowRequests: stop: a failure that comes at the same time, and is final, stays one', async () => {
  const { stopping, run } = setUp({
    answers: [
      async () => {
        stopping.abort();
        throw new HttpStatusError(403);
      },
    ],
  });
  assert.equal((await run()).reason, 'http-403');
});

test('RowRequests: stop: a body that has come whole is still saved', async () => {
  const { log, stopping, run } = setUp({
    answers: [
      async () => {
        stopping.abort();
        return RECEIVED;
      },
    ],
  });
  assert.equal((await run()).status, 'ok');
  assert.equal(log.at(-1), 'commit');
});

test('RowRequests: stop: a file that is being saved is saved', async () => {
  const saving = Promise.withResolvers<typeof SAVED>();
  const { log, stopping, run } = setUp({ draft: { commit: () => saving.promise } });
  const outcome = run();
  await settle();
  assert.equal(log.at(-1), 'commit');
  stopping.abort();
  await settle();
  saving.resolve(SAVED);
  const { status, path } = await outcome;
  assert.deepEqual([status, path], ['ok', SAVED.path]);
});

test('RowRequests: cancel: ends the request', async () => {
  const { stage, log, run } = setUp({ answers: [hang] });
  const task = createTask(run);
  await settle();
  task.cancel();
  await assertCancelled(stage, task);
  assert.equal(log.at(-2), 'released');
});

test('RowRequests: cancel: ends the wait for another try', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, run } = setUp({ answers: [lost()] });
  const task = createTask(run);
  await settle();
  task.cancel();
  await assertCancelled(stage, task);
});

test('RowRequests: cancel: no mirror is tried', async () => {
  const { stage } = setUp({ answers: [hang] });
  const item = { ...ITEM, mirrors: ['http://b/br.gif'] };
  const task = createTask(() => stage.download(item));
  await settle();
  task.cancel();
  assert.equal((await task).status, 'cancelled');
  assert.equal(stage.requests.length, 1);
});
