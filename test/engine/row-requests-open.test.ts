import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event } from '../../src/concurrency/event.ts';
import { createTask } from '../../src/concurrency/index.ts';
import { RowRequests } from '../../src/engine/row-requests.ts';
import type { Item } from '../../src/model/item.ts';
import { Activity } from '../../src/observe/activity.ts';
import type { OriginState } from '../../src/schedule/origin-health.ts';
import { settle } from '../concurrency/support.ts';
import { hang, ITEM, type Script, Stage } from './stage.ts';

const FETCH = `fetch ${ITEM.url}`;

/** A row's requests, and the connections that they wait for, which the test makes. */
function start(script: Script = {}, row: Partial<Item> = {}) {
  const opened: string[] = [];
  const openings: PromiseWithResolvers<void>[] = [];
  const connect: Script['connect'] = (url) => {
    opened.push(url);
    const opening = Promise.withResolvers<void>();
    openings.push(opening);
    return opening.promise;
  };
  const stage = new Stage({ connect, ...script });
  const rowRequests = new RowRequests({ ...ITEM, ...row }, stage.run);
  const whole = stage
    .admitted()
    .then((permit) => rowRequests.untilWhole(stage.draft, undefined, permit));
  // It is awaited later; until then its failure is no unhandled one.
  whole.catch(() => {});
  return { stage, rowRequests, whole, opened, openings };
}

function refused(): Error {
  return Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
}

test('RowRequests: connects to an origin before its first request', async () => {
  const { stage, whole, opened, openings } = start();
  await settle();
  assert.deepEqual([opened, stage.requests.length], [[ITEM.url], 0]);
  openings[0]?.resolve();
  await whole;
  assert.deepEqual(stage.log, ['admitted', FETCH, 'released', 'commit']);
});

test('RowRequests: sends a request at once to an origin that needs no opening', async () => {
  const { stage, whole } = start({ connect: () => undefined });
  await whole;
  assert.deepEqual(stage.log, ['admitted', FETCH, 'released', 'commit']);
});

test('RowRequests: tells how many requests the origin will get, while it connects', async () => {
  let expected = () => 0;
  const connect: Script['connect'] = (_url, options) => {
    ({ expected } = options);
    return new Event().wait();
  };
  const { stage } = start({ connect });
  await settle();
  stage.queue.put({ item: ITEM, origin: 'http://a', earlier: undefined, readAt: 0 });
  assert.equal(expected(), Number.POSITIVE_INFINITY);
  stage.queue.close();
  assert.equal(expected(), 2);
});

for (const [state, answers, isOpened] of [
  ['well', 0, true],
  ['well', 1, false],
  ['recovering', 1, false],
  ['held', 1, true],
] as const satisfies readonly [OriginState, number, boolean][]) {
  test(`RowRequests: an origin that is ${state}, with ${answers} answers, is ${isOpened ? '' : 'not '}opened`, async () => {
    const opened: string[] = [];
    const connect: Script['connect'] = (url) => {
      opened.push(url);
      return undefined;
    };
    const stage = new Stage({ connect });
    const permit = await stage.admitted();
    const health = { state, answers, failures: 0, holds: 0 };
    Object.defineProperty(permit, 'health', { value: health });
    await new RowRequests(ITEM, stage.run).untilWhole(stage.draft, undefined, permit);
    assert.deepEqual(opened, isOpened ? [ITEM.url] : []);
  });
}

test('RowRequests: after half a second of connecting its slot goes to another origin', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, whole, openings } = start();
  await settle();
  await stage.pass(t, 499);
  assert.deepEqual([await stage.admits(), await stage.admits('http://a')], [false, false]);
  await stage.pass(t, 1);
  assert.ok(await stage.admits());
  openings[0]?.resolve();
  await whole;
  assert.equal(stage.requests.length, 1);
});

test('RowRequests: once connected, the request waits for a slot again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, whole, openings } = start();
  await settle();
  await stage.pass(t, 500);
  const other = await stage.queue.admitQuietly('http://b', {});
  openings[0]?.resolve();
  await settle();
  assert.equal(stage.requests.length, 0);
  other.release();
  await whole;
  assert.equal(stage.requests.length, 1);
  assert.ok(await stage.admits());
});

test('RowRequests: a request that is connected in time keeps its slot', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, openings } = start({ answers: [hang] });
  await settle();
  await stage.pass(t, 499);
  openings[0]?.resolve();
  await settle();
  await stage.pass(t, 10_000);
  assert.deepEqual([stage.requests.length, await stage.admits()], [1, false]);
});

test('RowRequests: a connection that fails is a try of the row, and is reported', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, rowRequests, whole, openings } = start();
  const last = refused();
  await settle();
  openings[0]?.reject(refused());
  await settle();
  assert.ok(await stage.admits());
  await stage.pass(t, 500);
  openings[1]?.reject(refused());
  await settle();
  await stage.pass(t, 1_000);
  openings[2]?.reject(last);
  await assert.rejects(whole, (error) => error === last);
  assert.deepEqual([rowRequests.sent, openings.length, stage.requests.length], [3, 3, 0]);
  assert.deepEqual(
    stage.reports.map((report) => report?.sign),
    ['unreachable', 'unreachable', 'unreachable'],
  );
  assert.ok(await stage.admits());
});

test('RowRequests: a connection that fails while the request is parked gives no slot back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { stage, whole, openings } = start({ tries: 1 });
  await settle();
  await stage.pass(t, 500);
  const other = await stage.queue.admitQuietly('http://b', {});
  openings[0]?.reject(refused());
  await assert.rejects(whole, { code: 'ECONNREFUSED' });
  assert.equal(await stage.admits(), false);
  other.release();
  assert.ok(await stage.admits());
});

test('RowRequests: the origin of a mirror is opened before its first request', async () => {
  const mirrors = ['http://b/br.gif'];
  const { stage, whole, opened, openings } = start({}, { mirrors });
  await settle();
  openings[0]?.reject(refused());
  await settle();
  openings[1]?.resolve();
  await whole;
  assert.deepEqual(opened, [ITEM.url, ...mirrors]);
  assert.deepEqual(
    stage.requests.map(({ url }) => url),
    mirrors,
  );
});

test('RowRequests: a request is among those in flight while it connects', async () => {
  const activity = new Activity();
  const { whole, openings } = start({ activity: activity.log });
  await settle();
  assert.deepEqual(
    [...activity.requests].map(({ url, attempt }) => [url, attempt]),
    [[ITEM.url, 1]],
  );
  openings[0]?.resolve();
  await whole;
  assert.equal(activity.requests.size, 0);
});

test('RowRequests: stop: while it connects, no request is sent, and no timer is left', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stage = new Stage({ connect: () => new Event().wait() });
  const outcome = stage.download();
  await settle();
  const clear = t.mock.method(globalThis, 'clearTimeout');
  stage.stopping.abort();
  const { status, attempts } = await outcome;
  assert.deepEqual([status, attempts, stage.requests.length], ['cancelled', 1, 0]);
  assert.equal(clear.mock.callCount(), 1);
  assert.ok(await stage.admits());
});

test('RowRequests: stop: while it waits for a slot again, no request is sent', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const opening = Promise.withResolvers<void>();
  const stage = new Stage({ connect: () => opening.promise });
  const outcome = stage.download();
  await settle();
  await stage.pass(t, 500);
  const other = await stage.queue.admitQuietly('http://b', {});
  opening.resolve();
  await settle();
  stage.stopping.abort();
  assert.equal((await outcome).status, 'cancelled');
  assert.deepEqual([stage.requests.length, await stage.admits()], [0, false]);
  other.release();
  assert.ok(await stage.admits());
});

test('RowRequests: cancel: while it connects, the slot is given back', async () => {
  const stage = new Stage({ connect: () => new Event().wait() });
  const task = createTask(() => stage.download());
  await settle();
  task.cancel();
  assert.equal((await task).status, 'cancelled');
  assert.ok(await stage.admits());
});
