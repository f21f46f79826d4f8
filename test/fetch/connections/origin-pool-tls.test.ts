// Slow: waits in real time.
import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:https';
import { type TestContext, test } from 'node:test';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { type Identity, selfSigned } from '../../support/certificates.ts';
import { serveHttp2 } from '../../support/open-http2.ts';
import { openOrigin } from '../../support/open-origin.ts';
import type { RecordingHandler } from '../../support/recording-handler.ts';
import { listen } from '../../support/tiny-server.ts';

const ALL = ['sent', 'answer', '200', 'data', 'end'];

/** A server that speaks only HTTP/1.1. @returns its port */
async function serveHttps(t: TestContext, identity: Identity): Promise<number> {
  const server = createServer(identity, (_, response) => response.end('GIF'));
  return (await listen(t, server)).port;
}

async function openTls(t: TestContext, maxConnections: number) {
  const identity = await selfSigned();
  const port = await serveHttps(t, identity);
  return openOrigin(t, port, { maxConnections, ca: identity.cert });
}

function answer(stream: ServerHttp2Stream | undefined): void {
  stream?.respond({ ':status': 200 });
  stream?.end('GIF');
}

async function openH2(
  t: TestContext,
  maxConnections: number,
  maxConcurrentStreams = 100,
  onStream: (stream: ServerHttp2Stream) => void = answer,
) {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, onStream, { maxConcurrentStreams });
  return openOrigin(t, port, { maxConnections, ca: identity.cert });
}

/** All of them have been answered. */
async function allOver(all: readonly RecordingHandler[]): Promise<void> {
  await Promise.all(all.map((told) => told.over));
  for (const { events } of all) assert.deepEqual(events, ALL);
}

test('OriginPool: over TLS, waits for the first connection, then opens as many of HTTP/1.1 as allowed', async (t) => {
  const { get, connect, pending, asked } = await openTls(t, 3);
  const all = ['/1', '/2', '/3', '/4'].map((target) => get(target));
  assert.equal(pending(), 1);
  await connect();
  // The first request is under way. Each of the others needs a connection, and two more may be
  // open.
  assert.equal(pending(), 2);
  await Promise.all([connect(), connect()]);
  await allOver(all);
  assert.equal(asked(), 3);
});

test('OriginPool: learns the protocol of a server from its first connection', async (t) => {
  const { get, connect, pending } = await openTls(t, 3);
  const first = get();
  await connect();
  await allOver([first]);
  const others = [get(), get(), get()];
  // One takes the kept connection.
  assert.equal(pending(), 2);
  await Promise.all([connect(), connect()]);
  await allOver(others);
});

test('OriginPool: over HTTP/2 one session serves all requests', async (t) => {
  const { get, connect, pending, asked } = await openH2(t, 3);
  const all = ['/1', '/2', '/3', '/4'].map((target) => get(target));
  assert.equal(pending(), 1);
  await connect();
  // At once, before the server has stated its limit.
  assert.deepEqual(new Set(all.flatMap(({ events }) => events)), new Set(['sent']));
  await allOver(all);
  const more = [get(), get('/', true)];
  await allOver(more);
  assert.deepEqual([asked(), pending()], [1, 0]);
});

test('OriginPool: over HTTP/2 requests without room wait, including those that need a new connection', async (t) => {
  const { get, connect, asked } = await openH2(t, 3, 1);
  const first = get();
  await connect();
  await allOver([first]);
  // By now the limit of the server is known.
  const all = [get('/1'), get('/2'), get('/3', true)];
  assert.deepEqual(
    all.map(({ events }) => events.length),
    [1, 0, 0],
  );
  await allOver(all);
  assert.equal(asked(), 1);
});

test('OriginPool: over HTTP/2 sends as many waiting requests as there is room for', async (t) => {
  const streams: ServerHttp2Stream[] = [];
  const { get, connect } = await openH2(t, 1, 2, (stream) => streams.push(stream));
  const first = get();
  await connect();
  await until(() => streams.length === 1);
  answer(streams[0]);
  await allOver([first]);
  const all = [get('/1'), get('/2'), get('/3'), get('/4')];
  const events = () => all.map((told) => told.events.at(-1));
  assert.deepEqual(events(), ['sent', 'sent', undefined, undefined]);
  await until(() => streams.length === 3);
  answer(streams[1]);
  await until(() => streams.length === 4);
  assert.deepEqual(events(), ['end', 'sent', 'sent', undefined]);
  answer(streams[2]);
  await until(() => streams.length === 5);
  for (const stream of streams.slice(3)) answer(stream);
  await allOver(all);
});

test('OriginPool: requests that wait for room in a session that ended get another one', async (t) => {
  const streams: ServerHttp2Stream[] = [];
  const opened = await openH2(t, 1, 1, (stream) => streams.push(stream));
  const { get, connect, pending, isClosed } = opened;
  const first = get();
  await connect();
  await until(() => streams.length === 1);
  answer(streams[0]);
  await allOver([first]);
  const [second, third] = [get('/2'), get('/3')];
  await until(() => streams.length === 2);
  assert.equal(pending(), 0);
  streams[1]?.session?.close();
  answer(streams[1]);
  await allOver([second]);
  await until(() => isClosed(0));
  assert.deepEqual([third.events, pending()], [[], 1]);
  await connect();
  await until(() => streams.length === 3);
  answer(streams[2]);
  await allOver([third]);
});

test('OriginPool: replaces a session that ended when there is a request', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream) => {
    answer(stream);
    stream.session?.close();
  });
  const { get, connect, refuse, pending, isClosed } = openOrigin(t, port, { ca: identity.cert });
  get('/0');
  refuse();
  const first = get('/1');
  await connect();
  await allOver([first]);
  await until(() => isClosed(0));
  assert.equal(pending(), 0);
  // One session for both, although it could not be made the first time.
  const both = [get('/2'), get('/3')];
  assert.equal(pending(), 1);
  await connect();
  await allOver(both.slice(0, 1));
});

test('OriginPool: does not offer HTTP/2 for few requests, and opens a connection for each', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttps(t, identity);
  const { get, connect, pending } = openOrigin(t, port, {
    maxConnections: 3,
    http2From: 4,
    ca: identity.cert,
  });
  const few = ['/1', '/2', '/3'].map((target) => get(target));
  assert.equal(pending(), 3);
  await Promise.all([connect(), connect(), connect()]);
  await allOver(few);
});

test('OriginPool: does not offer HTTP/2 where each connection has many requests', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, answer, {}, true);
  for (const [expected, spoken] of [
    [31, 'h2'],
    [32, 'http/1.1'],
  ] as const) {
    const opened = openOrigin(t, port, { maxConnections: 2, ca: identity.cert });
    const opening = opened.open({ expected: () => expected });
    await opened.connect();
    await opening;
    assert.deepEqual(opened.protocols(), [spoken]);
  }
});

test('OriginPool: counts rows to come for HTTP/2 as well as waiting requests', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, answer);
  const { get, open, connect, asked } = openOrigin(t, port, { http2From: 4, ca: identity.cert });
  const opened = open({ expected: () => 4 });
  await connect();
  await opened;
  await allOver(['/1', '/2'].map((target) => get(target)));
  assert.equal(asked(), 1);
});

test('OriginPool: one of several attempts offers HTTP/2', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, answer, {}, true);
  let expected = 0;
  const { get, open, connect, pending, protocols } = openOrigin(t, port, {
    maxConnections: 3,
    http2From: 4,
    ca: identity.cert,
  });
  void open({ expected: () => expected });
  const few = ['/1', '/2'].map((target) => get(target));
  assert.equal(pending(), 2);
  expected = 10;
  await Promise.all([connect(), connect()]);
  await allOver(few);
  assert.deepEqual(protocols().sort(), ['h2', 'http/1.1']);
});

test('OriginPool: offers HTTP/2 for a single request to a server without HTTP/1.1', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, answer);
  const { get, connect, origin, pending } = openOrigin(t, port, {
    http2From: 4,
    ca: identity.cert,
  });
  const told = get();
  await connect();
  assert.deepEqual([told.events, pending(), origin.protocol], [[], 1, undefined]);
  await connect();
  await allOver([told]);
  assert.equal(origin.protocol, 'h2-only');
});

test('OriginPool: an untrusted server fails all waiting requests', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttps(t, identity);
  const { cert } = await selfSigned('other');
  const { get, connect } = openOrigin(t, port, { ca: cert });
  const both = [get(), get()];
  await connect();
  for (const { events, error } of both) {
    assert.deepEqual([events, reasonOf(error)], [['error'], 'tls']);
  }
});

test('OriginPool: disposal closes the session, and fails waiting requests', async (t) => {
  const { get, connect, origin, isClosed } = await openH2(t, 3, 1);
  const first = get();
  await connect();
  await allOver([first]);
  const all = [get(), get(), get('/', true)];
  origin[Symbol.dispose]();
  for (const { error, events } of all) {
    assert.equal(reasonOf(error), 'connection-lost');
    assert.equal(events.at(-1), 'error');
  }
  await until(() => isClosed(0));
});
