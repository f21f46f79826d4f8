import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { RowRequests } from '../../src/engine/row-requests.ts';
import { ByteRangeError, HttpStatusError, OriginDownError } from '../../src/model/failure.ts';
import { ChecksumError } from '../../src/model/file-errors.ts';
import type { BodyWriter, Fetch, Received, ResponseHead } from '../../src/model/response.ts';
import { Activity } from '../../src/observe/activity.ts';
import { settle } from '../concurrency/support.ts';
import { ITEM, lost, RECEIVED, SAVED, type Script, Stage } from './stage.ts';
import { start } from './start-row.ts';

const URL_A = 'fetch http://a/br.gif';

const FIRST = ['admitted', URL_A, 'released'];

function wrong(): ChecksumError {
  return new ChecksumError({ algorithm: 'md5', hex: '00' }, '11');
}

test('RowRequests: a file that comes at once takes one request, and is saved without a permit', async () => {
  const { log, rowRequests, whole } = start();
  assert.deepEqual(await whole, { received: RECEIVED, saved: SAVED });
  assert.deepEqual(log, [...FIRST, 'commit']);
  assert.equal(rowRequests.sent, 1);
});

test('RowRequests: a request has the headers, the part and the known version of its row', async () => {
  const part = { bytes: 100, etag: '"1"' };
  const headers = { accept: 'image/gif' };
  const known = { etag: '"0"' };
  const { requests, whole } = start({ draft: { part } }, { headers }, known);
  await whole;
  const { url, name } = ITEM;
  const request = { url, name, asSent: false, headers, part, isWhole: false, known };
  assert.deepEqual(requests, [request]);
});

test('RowRequests: a request is among those in flight until its answer has come, or failed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const activity = new Activity();
  const seen = () =>
    [...activity.requests].map(({ item, url, attempt }) => [item.index, url, attempt]);
  const [first, second] = [Promise.withResolvers<never>(), Promise.withResolvers<Received>()];
  const answers = [() => first.promise, () => second.promise];
  const { stage, whole } = start({ answers, activity: activity.log });
  await settle();
  assert.deepEqual(seen(), [[7, ITEM.url, 1]]);
  first.reject(lost());
  await settle();
  assert.deepEqual(seen(), []);
  await stage.pass(t, 500);
  assert.deepEqual(seen(), [[7, ITEM.url, 2]]);
  second.resolve(RECEIVED);
  await whole;
  assert.deepEqual(seen(), []);
});

test('RowRequests: a request in flight has what has come of its file', async () => {
  const activity = new Activity();
  const held = Promise.withResolvers<Received>();
  const answer: Fetch = (_request, _body, { meter }) => {
    meter?.begin(100, 400);
    meter?.add(60);
    meter?.add(40);
    // A further segment of the same file.
    meter?.begin(300, 400);
    return held.promise;
  };
  const { whole } = start({ answers: [answer], activity: activity.log });
  await settle();
  const [request] = activity.requests;
  assert.deepEqual([request?.offset, request?.received, request?.length], [100, 100, 400]);
  held.resolve(RECEIVED);
  await whole;
  assert.equal(activity.received, 100);
});

test('RowRequests: a row that waits for another try says why, and until when', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const activity = new Activity();
  const answers = [new HttpStatusError(503), lost()];
  const draft = { part: { bytes: 100, length: 400 } };
  const { stage, whole } = start({ answers, draft, activity: activity.log });
  await settle();
  const [first] = activity.waiting;
  const { item, url, reason, httpStatus, attempt, tries, received, length } = first ?? {};
  assert.deepEqual(
    [item, url, reason, httpStatus, attempt, tries, received, length],
    [ITEM, ITEM.url, 'http-503', 503, 2, 3, 100, 400],
  );
  const left = (first?.until ?? 0) - performance.now();
  assert.ok(left > 400 && left <= 500, String(left));
  await stage.pass(t, 500);
  const [second] = activity.waiting;
  assert.deepEqual([second?.reason, second?.httpStatus], ['connection-lost', undefined]);
  assert.equal(second?.attempt, 3);
  await stage.pass(t, 1_000);
  await whole;
  assert.equal(activity.waiting.size, 0);
});

test('RowRequests: wait: another try once the time is up, and no permit is held meanwhile', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, log, rowRequests, whole } = start({ answers: [lost(), lost()] });
  await settle();
  assert.deepEqual(log, FIRST);
  assert.ok(await stage.admits());

  await stage.pass(t, 499);
  assert.deepEqual(log, FIRST);
  await stage.pass(t, 1);
  assert.deepEqual(log, [...FIRST, ...FIRST]);

  await stage.pass(t, 999);
  assert.equal(rowRequests.sent, 2);
  await stage.pass(t, 1);
  assert.deepEqual((await whole).saved, SAVED);
  assert.equal(rowRequests.sent, 3);
});

test('RowRequests: each try requests the rest of the file', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const parts = [undefined, { bytes: 5, etag: '"1"' }];
  const stage = new Stage({ answers: [lost()] });
  const draft = { ...stage.draft };
  Object.defineProperty(draft, 'part', { get: () => parts[stage.requests.length] });
  const permit = await stage.admitted();
  const whole = new RowRequests(ITEM, stage.run).untilWhole(draft, undefined, permit);
  await settle();
  await stage.pass(t, 500);
  await whole;
  assert.deepEqual(
    stage.requests.map(({ part }) => part?.bytes),
    [undefined, 5],
  );
});

test('RowRequests: give-up: once the tries are spent, the last failure is thrown', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const last = lost();
  const { stage, rowRequests, whole } = start({ answers: [lost(), lost(), last] });
  await settle();
  await stage.pass(t, 500);
  await stage.pass(t, 1_000);
  await assert.rejects(whole, (error) => error === last);
  assert.equal(rowRequests.sent, 3);
  assert.ok(await stage.admits());
});

test('RowRequests: give-up: at once, where another try would fail in the same way', async () => {
  const cause = new HttpStatusError(403);
  const { log, whole } = start({ answers: [cause] });
  await assert.rejects(whole, (error) => error === cause);
  assert.deepEqual(log, FIRST);
});

test('RowRequests: Retry-After: no request goes to that origin until then, and no try is spent', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const busy = () => new HttpStatusError(503, 'later', 2_000);
  const answers = [busy(), busy(), busy(), busy()];
  const { stage, log, rowRequests, whole } = start({ answers });
  await settle();
  assert.deepEqual(log, FIRST);
  await stage.pass(t, 1_999);
  assert.deepEqual([await stage.admits('http://a'), await stage.admits()], [false, true]);
  assert.equal(rowRequests.sent, 1);
  // More often than there are tries.
  for (const sent of [2, 3, 4]) {
    await stage.pass(t, sent === 2 ? 1 : 2_000);
    assert.equal(rowRequests.sent, sent);
  }
  await stage.pass(t, 2_000);
  assert.deepEqual((await whole).saved, SAVED);
});

test('RowRequests: the row whose tries were the last of its origin ends with its own failure', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const stage = new Stage({ answers: [refused, refused, refused], maxRequests: 2 });
  const first = await stage.admitted();
  const whole = new RowRequests(ITEM, stage.run).untilWhole(stage.draft, undefined, first);
  whole.catch(() => {});
  await settle();
  stage.queue.put({ item: ITEM, origin: 'http://a', earlier: undefined, readAt: 0 });
  const other = stage.queue.next();
  await stage.pass(t, 500);
  await stage.pass(t, 1_000);
  // The row that tried has its own failure.
  await assert.rejects(whole, (error) => error === refused);
  assert.deepEqual((await other)?.admission, new OriginDownError('http://a', refused));
  assert.equal(stage.requests.length, 3);
});

for (const cause of [new ByteRangeError('no'), new HttpStatusError(403)]) {
  test(`RowRequests: ${cause.name} to a range: the whole file is requested at once, once`, async () => {
    const answers = [cause, cause];
    const draft = { part: { bytes: 5, etag: '"1"' } };
    const { log, requests, whole } = start({ answers, draft });
    await assert.rejects(whole, (error) => error === cause);
    assert.deepEqual(log, [...FIRST, ...FIRST]);
    assert.deepEqual(
      requests.map(({ part, isWhole }) => [part?.bytes, isWhole]),
      [
        [5, false],
        [5, true],
      ],
    );
  });
}

test('RowRequests: a draft that cannot be restarted ends the row', async () => {
  const commit = () => Promise.reject(wrong());
  const draft = { commit, restart: () => Promise.reject(new Error('stuck')) };
  const { stage, log, whole } = start({ draft });
  await assert.rejects(whole, { message: 'stuck' });
  assert.deepEqual(log, [...FIRST, 'commit', 'restart']);
  assert.ok(await stage.admits());
});

test('RowRequests: a file with the wrong checksum is requested again from the start', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const results = [wrong(), undefined];
  const commit = async () => {
    const failure = results.shift();
    if (failure !== undefined) throw failure;
    return SAVED;
  };
  const draft = { commit, part: { bytes: 5, etag: '"1"' } };
  const { stage, log, requests, whole } = start({ draft });
  await settle();
  assert.deepEqual(log, [...FIRST, 'commit', 'restart']);
  await stage.pass(t, 500);
  assert.deepEqual((await whole).saved, SAVED);
  assert.equal(requests[1]?.part, undefined);
});

test('RowRequests: after another failure the part of the file is not dropped', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, log, whole } = start({ answers: [lost()] });
  await settle();
  await stage.pass(t, 500);
  await whole;
  assert.ok(!log.includes('restart'));
});

/** A draft whose commits end when the test says so. */
function slowly() {
  const commits: PromiseWithResolvers<typeof SAVED>[] = [];
  const commit = () => {
    const saving = Promise.withResolvers<typeof SAVED>();
    commits.push(saving);
    return saving.promise;
  };
  return { commits, commit };
}

/** Two rows of a run in which one file at a time may be saved without a permit. */
async function startTwo(script: Script = {}) {
  const { commits, commit } = slowly();
  const stage = new Stage({ savesBehind: 1, maxRequests: 2, draft: { commit }, ...script });
  const download = async () => {
    const permit = await stage.admitted();
    return await new RowRequests(ITEM, stage.run).untilWhole(stage.draft, undefined, permit);
  };
  const first = download();
  const second = createTask(download);
  await settle();
  assert.equal(commits.length, 2);
  const released = () => stage.log.filter((line) => line === 'released').length;
  return { stage, first, second, commits, released };
}

test('RowRequests: once the disk is far behind, a file keeps its permit until another is saved', async () => {
  const { stage, first, second, commits, released } = await startTwo();
  assert.equal(released(), 1);
  commits[0]?.resolve(SAVED);
  await first;
  await settle();
  assert.equal(released(), 2);
  assert.equal(second.done(), false);
  commits[1]?.resolve(SAVED);
  await second;
  assert.deepEqual([released(), stage.run.saves.free], [2, 1]);
});

test('RowRequests: once the disk is far behind, a file keeps its permit until it is saved', async () => {
  const { stage, first, second, commits, released } = await startTwo();
  commits[1]?.resolve(SAVED);
  await second;
  assert.deepEqual([released(), stage.run.saves.free], [2, 0]);
  commits[0]?.resolve(SAVED);
  await first;
  await settle();
  assert.deepEqual([stage.run.saves.free, stage.run.saves.withPermit], [1, 0]);
});

test('RowRequests: a file that cannot be saved gives its permit and its slot back', async () => {
  const { stage, first, second, commits, released } = await startTwo();
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  for (const { reject } of commits) reject(full);
  for (const row of [first, second]) {
    await assert.rejects(
      async () => await row,
      (error) => error === full,
    );
  }
  await settle();
  assert.deepEqual([released(), stage.run.saves.free, stage.run.saves.withPermit], [2, 1, 0]);
});

test('RowRequests: once the disk is far behind, a cancellation waits for the saving and is not lost', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, first, second, commits } = await startTwo();
  second.cancel();
  await settle();
  assert.equal(second.done(), false);
  // Worth another try, which there is not any more.
  commits[1]?.reject(wrong());
  await assert.rejects(second, { name: 'CancelledError' });
  assert.equal(stage.requests.length, 2);
  commits[0]?.resolve(SAVED);
  await first;
});

test('RowRequests: each permit is released with a report', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const cause = lost();
  const late = async () => {
    now += 70;
    throw cause;
  };
  const { stage, whole } = start({ answers: [late] });
  await settle();
  await stage.pass(t, 500);
  await whole;
  assert.deepEqual(stage.reports, [
    {
      latency: 70,
      bytes: 0,
      result: 'overload',
      isSaid: false,
      sign: 'refused',
      retryAfter: undefined,
      cause,
    },
    { latency: 1, bytes: 3, result: 'ok' },
  ]);
});

test('RowRequests: a body goes through the wrapper of `paced`, until the request ends', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log: string[] = [];
  const paced = (body: BodyWriter) => ({
    begin: (head: ResponseHead) => {
      log.push('begin');
      body.begin(head);
    },
    write: (chunk: Uint8Array) => body.write(Buffer.concat([chunk, Buffer.from('!')])),
    [Symbol.dispose]: () => log.push('disposed'),
  });
  const answer: Fetch = async (_, body) => {
    body.begin(RECEIVED.head);
    body.write(Buffer.from('GIF'));
    return RECEIVED;
  };
  const draft = { write: (chunk: Uint8Array) => void log.push(`write ${Buffer.from(chunk)}`) };
  const { stage, whole } = start({ answers: [lost(), answer], draft, paced });
  await settle();
  assert.deepEqual(log, ['disposed']);
  await stage.pass(t, 500);
  await whole;
  assert.deepEqual(log, ['disposed', 'begin', 'write GIF!', 'disposed']);
});
