import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event } from '../../src/concurrency/event.ts';
import { RevocableRequests } from '../../src/schedule/revocable-requests.ts';
import { settle } from '../concurrency/support.ts';
import { hang, type Script, Stage } from './stage.ts';

function setUp(script: Script) {
  const revocable = new RevocableRequests();
  const stage = new Stage({ ...script, revocable });
  return { stage, revocable, log: stage.log };
}

const FETCH = 'fetch http://a/br.gif';

for (const rowTimeout of [60_000, Number.POSITIVE_INFINITY]) {
  test(`RowRequests: revoked: a request costs no try and says nothing of its server, in ${rowTimeout} ms`, async () => {
    const { stage, revocable, log } = setUp({ answers: [hang, hang], tries: 1, rowTimeout });
    const running = stage.download();
    await settle();
    revocable.revoke();
    await settle();
    revocable.revoke();
    const { status, attempts } = await running;
    assert.deepEqual([status, attempts], ['ok', 3]);
    const sent = ['admitted', FETCH, 'released'];
    assert.deepEqual(log, ['admitted', 'open 7', ...sent.slice(1), ...sent, ...sent, 'commit']);
    assert.deepEqual(stage.reports.slice(0, 2), [undefined, undefined]);
  });
}

test('RowRequests: revoked: the row goes on with what has come of its file', async () => {
  const part = { bytes: 100, etag: '"1"' };
  const { stage, revocable } = setUp({ answers: [hang], draft: { part } });
  const running = stage.download();
  await settle();
  revocable.revoke();
  await running;
  assert.deepEqual(
    stage.requests.map((request) => request.part),
    [part, part],
  );
});

test('RowRequests: revoked: a stop in the same moment ends the row', async () => {
  for (const stopsFirst of [true, false]) {
    const { stage, revocable } = setUp({ answers: [hang] });
    const running = stage.download();
    await settle();
    if (stopsFirst) stage.stopping.abort();
    revocable.revoke();
    if (!stopsFirst) stage.stopping.abort();
    assert.equal((await running).status, 'cancelled');
    assert.equal(stage.requests.length, 1);
  }
});

test('RowRequests: revoked: a file that has come is saved', async () => {
  const disk = new Event();
  const commit = async () => {
    await disk.wait();
    return { path: 'd/br.gif', bytes: 3 };
  };
  const { stage, revocable } = setUp({ draft: { commit } });
  const running = stage.download();
  await settle();
  revocable.revoke();
  disk.set();
  assert.equal((await running).status, 'ok');
  assert.equal(stage.requests.length, 1);
});
