import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CancelledError, createTask } from '../../../src/concurrency/index.ts';
import { OpenConnections } from '../../../src/fetch/connections/open-connections.ts';
import { until } from '../../server/ask.ts';
import { openOrigin } from '../../support/open-origin.ts';
import { serveHttp } from '../../support/tiny-server.ts';

test('OriginPool.open: connects, and keeps the connection for the next request', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const { open, connect, get, asked } = openOrigin(t, server.port);
  const opened = open();
  assert.notEqual(opened, undefined);
  await connect();
  await opened;
  const told = get();
  assert.deepEqual([told.events, told.isKept, asked()], [['sent'], false, 1]);
  await told.over;
  assert.equal(open(), undefined);
});

test('OriginPool.open: concurrent calls and requests share one attempt', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const { open, connect, get, asked } = openOrigin(t, server.port);
  const both = [open(), open()];
  const told = get();
  await connect();
  await Promise.all([...both, told.over]);
  assert.equal(asked(), 1);
});

test('OriginPool.open: rejects with the error of the attempt, and tries again when called again', async (t) => {
  const { open, refuse, asked, emptied } = openOrigin(t, 1);
  for (const message of ['once', 'twice']) {
    const opened = [open(), open()];
    refuse(message);
    for (const each of opened) await assert.rejects(async () => await each, { message });
  }
  assert.deepEqual([asked(), emptied()], [2, 2]);
});

test('OriginPool.open: cancelling or aborting the last of several calls gives the attempt up', async (t) => {
  const { open, pending, emptied } = openOrigin(t, 1);
  const controller = new AbortController();
  const first = open({ signal: controller.signal });
  const task = createTask(async () => await open());
  await until(() => pending() === 1);
  controller.abort(new Error('stopped'));
  await assert.rejects(async () => await first, { message: 'stopped' });
  assert.deepEqual([pending(), emptied()], [1, 0]);
  task.cancel();
  await assert.rejects(task, (error: CancelledError) => error.name === 'CancelledError');
  assert.deepEqual([pending(), emptied()], [0, 1]);
});

test('OriginPool.open: leaves the attempt to waiting requests when it is given up', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const { open, connect, get } = openOrigin(t, server.port);
  const controller = new AbortController();
  const opened = open({ signal: controller.signal });
  const told = get();
  controller.abort(new Error('stopped'));
  await assert.rejects(async () => await opened, { message: 'stopped' });
  await connect();
  await told.over;
  assert.equal(told.error, undefined);
});

test('OriginPool.open: does not connect again until the origin could not be reached', async (t) => {
  const { open, get, refuse, pending, origin } = openOrigin(t, 1, { protocol: 'http/1.1' });
  assert.deepEqual([open(), pending(), origin.protocol], [undefined, 0, 'http/1.1']);
  get();
  refuse();
  assert.equal(origin.protocol, undefined);
  const opened = open();
  assert.equal(pending(), 1);
  refuse('again');
  await assert.rejects(async () => await opened, { message: 'again' });
});

test('OriginPool.open: rejects after disposal', async (t) => {
  const { open, origin } = openOrigin(t, 1);
  const opened = open();
  origin[Symbol.dispose]();
  for (const each of [opened, open()]) {
    await assert.rejects(async () => await each, { message: 'the client was closed' });
  }
});

test('OriginPool.release: closes idle connections at once, and others once they are idle', async (t) => {
  const answers: (() => void)[] = [];
  const server = await serveHttp(t, (_, response) => answers.push(() => response.end('GIF')));
  const { get, connect, origin, connections, emptied } = openOrigin(t, server.port);
  const both = [get('/1'), get('/2')];
  await Promise.all([connect(), connect()]);
  await until(() => answers.length === 2);
  answers.shift()?.();
  await Promise.race(both.map((told) => told.over));
  assert.equal(connections.size, 2);
  origin.release();
  assert.deepEqual([connections.size, emptied(), origin.isReleased], [1, 0, true]);
  answers.shift()?.();
  await Promise.all(both.map((told) => told.over));
  await until(() => emptied() === 1);
  assert.equal(connections.size, 0);
});

test('OriginPool.release: a later request keeps its connection again', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const { get, connect, origin, connections } = openOrigin(t, server.port);
  origin.release();
  const told = get();
  await connect();
  await told.over;
  assert.deepEqual([origin.isReleased, connections.size], [false, 1]);
});

test('OriginPool: at the limit over all origins, the idle connection of another one is closed', async (t) => {
  const connections = new OpenConnections({ max: 1, now: () => performance.now() });
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const [one, two] = [0, 1].map(() => openOrigin(t, server.port, { connections }));
  for (const origin of [one, two, one, two]) {
    const told = origin?.get();
    await origin?.connect();
    await told?.over;
    assert.deepEqual([told?.error, connections.size], [undefined, 1]);
  }
  assert.deepEqual([one?.asked(), one?.emptied()], [2, 2]);
});

test('OriginPool: a request that needs a new connection gets one even if its own idle ones fill the limit', async (t) => {
  const connections = new OpenConnections({ max: 2, now: () => performance.now() });
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const { get, connect } = openOrigin(t, server.port, { connections, maxConnections: 10 });
  const both = [get(), get()];
  await Promise.all([connect(), connect()]);
  await Promise.all(both.map((told) => told.over));
  const told = get('/', true);
  await connect();
  await told.over;
  assert.deepEqual([told.isKept, connections.size], [false, 2]);
});

test('OriginPool: an attempt that nothing waits for any more is not made', async (t) => {
  const connections = new OpenConnections({ max: 1, now: () => performance.now() });
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const [one, two] = [0, 1].map(() => openOrigin(t, server.port, { connections }));
  const first = one?.get();
  const second = two?.get();
  second?.control?.abort();
  await one?.connect();
  await first?.over;
  await until(() => two?.emptied() === 1);
  assert.deepEqual([two?.asked(), connections.size], [0, 0]);
});

test('OriginPool: an attempt without files is made again, until its deadline', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let time = 0;
  const connections = new OpenConnections({ max: 10, now: () => time });
  const { get, refuse, pending, asked } = openOrigin(t, 1, {
    connections,
    connectTimeout: 1_000,
    now: () => time,
  });
  const told = get();
  for (const elapsed of [0, 500, 999]) {
    time = elapsed;
    refuse('no files', 'EMFILE');
    assert.deepEqual([told.events, pending()], [[], 0]);
    t.mock.timers.tick(100);
    assert.equal(pending(), 1);
  }
  time = 1_000;
  refuse('no files', 'EMFILE');
  assert.deepEqual([told.error?.message, asked(), connections.size], ['no files', 4, 0]);
});

test('OriginPool: EADDRNOTAVAIL means no such address for a new origin, and no free port for one that was reached', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const options = { connectTimeout: 1_000, now: () => 0 };
  const fresh = openOrigin(t, 1, options);
  const told = fresh.get();
  fresh.refuse('no address', 'EADDRNOTAVAIL');
  assert.equal(told.error?.message, 'no address');
  const known = openOrigin(t, 1, { ...options, protocol: 'http/1.1' });
  const later = known.get();
  known.refuse('no port', 'EADDRNOTAVAIL');
  t.mock.timers.tick(100);
  assert.deepEqual([later.events, known.pending()], [[], 1]);
});
