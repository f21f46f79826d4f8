import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { until } from '../../server/ask.ts';
import { openOrigin } from '../../support/open-origin.ts';
import { serveHttp } from '../../support/tiny-server.ts';

const ALL = ['sent', 'answer', '200', 'data', 'end'];

/** An origin, and a server that answers when the test says so. */
async function open(t: TestContext, maxConnections: number) {
  const asked: string[] = [];
  const ports: (number | undefined)[] = [];
  const open = new Map<string, ServerResponse>();
  const server = await serveHttp(t, (request, response) => {
    asked.push(request.url ?? '');
    ports.push(request.socket.remotePort);
    open.set(request.url ?? '', response);
  });
  const opened = openOrigin(t, server.port, { maxConnections });
  return {
    ...opened,
    server,
    /** The targets of the requests, in order. */
    seen: asked,
    /** The connection of each request. */
    ports,
    async answer(target: string, headers = {}) {
      await until(() => open.has(target));
      open.get(target)?.writeHead(200, headers).end('GIF');
    },
  };
}

test('OriginPool: makes as many connections as there are requests, up to the limit', async (t) => {
  const { get, connect, pending, asked, answer, server } = await open(t, 2);
  const first = get('/1');
  assert.equal(asked(), 1);
  const others = [get('/2'), get('/3'), get('/4')];
  assert.equal(asked(), 2);
  await Promise.all([connect(), connect()]);
  for (const target of ['/1', '/2', '/3', '/4']) await answer(target);
  for (const told of [first, ...others]) {
    await told.over;
    assert.deepEqual(told.events, ALL);
  }
  assert.deepEqual([asked(), pending(), server.connections()], [2, 0, 2]);
});

test('OriginPool: first come, first served, on whichever connection is free', async (t) => {
  const { get, connect, answer, seen } = await open(t, 2);
  const all = ['/1', '/2', '/3', '/4', '/5'].map((target) => get(target));
  await connect();
  // The second connection is not made yet, so the first one serves all requests.
  for (const target of ['/1', '/2', '/3']) await answer(target);
  await until(() => seen.includes('/4'));
  await connect();
  await until(() => seen.length === 5);
  assert.deepEqual(seen, ['/1', '/2', '/3', '/4', '/5']);
  for (const target of ['/5', '/4']) await answer(target);
  await Promise.all(all.map((told) => told.over));
  assert.deepEqual(
    all.map(({ isKept }) => isKept),
    [false, true, true, true, false],
  );
});

test('OriginPool: a request takes the idle connection used last', async (t) => {
  const { get, connect, answer, asked, seen, ports } = await open(t, 2);
  const both = [get('/1'), get('/2')];
  await Promise.all([connect(), connect()]);
  await until(() => seen.length === 2);
  const last = ports[seen.indexOf('/2')];
  for (const target of ['/1', '/2']) {
    await answer(target);
    await both.shift()?.over;
  }
  for (const target of ['/3', '/4']) {
    const told = get(target);
    // Unasked data would be seen first.
    assert.deepEqual(told.events, []);
    await answer(target);
    assert.deepEqual([told.events[0], told.isKept], ['sent', true]);
    await told.over;
  }
  assert.deepEqual([ports.slice(2), asked()], [[last, last], 2]);
});

test('OriginPool: does not take an idle connection that the server has closed', async (t) => {
  const { get, connect, answer, pending, isClosed, server } = await open(t, 1);
  const first = get('/1');
  await connect();
  await answer('/1');
  await first.over;
  for (const socket of server.sockets) socket.destroy();
  await until(() => isClosed(0));
  const second = get('/2');
  assert.deepEqual([second.events, pending()], [[], 1]);
  await connect();
  await answer('/2');
  await second.over;
  assert.deepEqual([second.events, second.isKept], [ALL, false]);
});

test('OriginPool: skips a request aborted while it waited', async (t) => {
  const { get, connect, answer, seen, asked } = await open(t, 1);
  const [first, second, third] = [get('/1'), get('/2'), get('/3')];
  second.control?.abort();
  first.control?.abort();
  await connect();
  await answer('/3');
  await third.over;
  assert.deepEqual([first.events, second.events, third.events], [[], [], ALL]);
  assert.deepEqual([seen, asked()], [['/3'], 1]);
});

test('OriginPool: keeps a connection that no request waits for any more', async (t) => {
  const { get, connect, answer, asked } = await open(t, 1);
  get('/1').control?.abort();
  await connect();
  const told = get('/2');
  assert.deepEqual([told.events, told.isKept, asked()], [['sent'], false, 1]);
  await answer('/2');
  await told.over;
});

test('OriginPool: aborting a request on a connection makes room for another one', async (t) => {
  const { get, connect, answer, pending, seen } = await open(t, 1);
  const first = get('/1');
  await connect();
  await until(() => seen.length === 1);
  const second = get('/2');
  assert.equal(pending(), 0);
  first.control?.abort();
  assert.equal(pending(), 1);
  await connect();
  await answer('/2');
  await second.over;
  assert.deepEqual([first.events, second.events], [['sent'], ALL]);
});

test('OriginPool: an attempt that fails while others are under way fails one request', (t) => {
  const { get, refuse, pending } = openOrigin(t, 1, { maxConnections: 2 });
  const all = ['/1', '/2', '/3'].map((target) => get(target));
  refuse('refused 1');
  assert.deepEqual(
    [all.map(({ error }) => error?.message), pending()],
    [['refused 1', undefined, undefined], 1],
  );
});

test('OriginPool: the last attempt to fail fails all waiting requests, and the next request tries again', (t) => {
  const { get, refuse, pending, asked } = openOrigin(t, 1, { maxConnections: 2 });
  const all = ['/1', '/2', '/3', '/4'].map((target) => get(target));
  all.push(get('/5', true));
  refuse('refused 1');
  refuse('refused 2');
  assert.deepEqual(
    all.map(({ error }) => error?.message),
    ['refused 2', 'refused 2', 'refused 2', 'refused 2', 'refused 1'],
  );
  assert.deepEqual([asked(), pending()], [2, 0]);
  assert.deepEqual([get('/6').events, pending()], [[], 1]);
});

test('OriginPool: an attempt that fails while there is a connection fails one request, and is made again', async (t) => {
  const { get, connect, refuse, pending, answer } = await open(t, 2);
  const first = get('/1');
  await connect();
  const [second, third] = [get('/2'), get('/3')];
  refuse('refused');
  assert.deepEqual([second.error?.message, third.events, pending()], ['refused', [], 1]);
  for (const target of ['/1', '/3']) await answer(target);
  await Promise.all([first.over, third.over]);
  assert.deepEqual([first.events, third.events], [ALL, ALL]);
});

test('OriginPool: replaces a connection closed after its response when there is a request', async (t) => {
  const { get, connect, answer, pending, asked } = await open(t, 1);
  const first = get('/1');
  await connect();
  await answer('/1', { connection: 'close' });
  await first.over;
  assert.deepEqual([asked(), pending()], [1, 0]);
  const second = get('/2');
  assert.equal(pending(), 1);
  await connect();
  await answer('/2');
  await second.over;
  assert.equal(second.isKept, false);
});

test('OriginPool: a request that needs a new connection takes no idle one', async (t) => {
  const { get, connect, answer, pending, server } = await open(t, 2);
  const first = get('/1');
  await connect();
  await answer('/1');
  await first.over;
  const second = get('/2', true);
  assert.deepEqual([second.events, pending()], [[], 1]);
  await connect();
  await answer('/2');
  await second.over;
  assert.deepEqual([second.events, second.isKept, server.connections()], [ALL, false, 2]);
});

test('OriginPool: at the limit, an idle connection is closed for a new one', async (t) => {
  const { get, connect, answer, pending, server } = await open(t, 1);
  const first = get('/1');
  await connect();
  await answer('/1');
  await first.over;
  const second = get('/2', true);
  assert.equal(pending(), 1);
  await connect();
  await answer('/2');
  await second.over;
  assert.deepEqual([second.isKept, server.connections()], [false, 2]);
  await until(() => server.sockets.size === 1);
});

test('OriginPool: at the limit, one that becomes idle is closed for a request that needs a new one', async (t) => {
  const { get, connect, answer, pending, seen } = await open(t, 1);
  const first = get('/1');
  await connect();
  const [second, third] = [get('/2'), get('/3', true)];
  assert.equal(pending(), 0);
  await answer('/1');
  await first.over;
  assert.equal(pending(), 1);
  await connect();
  for (const target of ['/3', '/2']) await answer(target);
  await Promise.all([second.over, third.over]);
  assert.deepEqual(seen, ['/1', '/3', '/2']);
  assert.deepEqual([second.isKept, third.isKept], [true, false]);
});

test('OriginPool: while a new connection is made for one request, a free one serves others', async (t) => {
  const { get, connect, answer, pending, seen } = await open(t, 2);
  const first = get('/1');
  await connect();
  const [second, third] = [get('/2', true), get('/3')];
  assert.equal(pending(), 1);
  await answer('/1');
  await first.over;
  await answer('/3');
  await third.over;
  assert.deepEqual([third.isKept, second.events], [true, []]);
  await connect();
  await answer('/2');
  await second.over;
  assert.deepEqual([second.isKept, seen], [false, ['/1', '/3', '/2']]);
});

test('OriginPool: a failed connection that no request waits for any more fails no request', (t) => {
  const { get, refuse, pending } = openOrigin(t, 1);
  get('/1').control?.abort();
  refuse();
  assert.deepEqual([get('/2').events, pending()], [[], 1]);
});

test('OriginPool: after disposal every request fails', async (t) => {
  const { origin, get, connect, pending, seen, server, asked } = await open(t, 2);
  const [sent, connecting, waiting, fresh] = [get('/1'), get('/2'), get('/3'), get('/4', true)];
  await connect();
  await until(() => seen.length === 1);
  assert.equal(pending(), 1);
  origin[Symbol.dispose]();
  const late = [get('/5'), get('/6', true)];
  for (const told of [sent, connecting, waiting, fresh, ...late]) {
    assert.ok(told.error instanceof ConnectionLostError);
    const what = told.events.includes('sent') ? 'connection' : 'client';
    assert.equal(told.error.message, `the ${what} was closed`);
    assert.equal(told.events.filter((event) => event === 'error').length, 1);
  }
  assert.deepEqual([pending(), asked()], [0, 2]);
  await until(() => server.sockets.size === 0);
});
