// Slow: waits in real time.
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { test } from 'node:test';
import { messageOf } from '../../../src/model/error-words.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { selfSigned } from '../../support/certificates.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';
import { openHttp2, serveHttp2 } from '../../support/open-http2.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

test('Http2Session: a request has the pseudo-headers, and its own host', async (t) => {
  const identity = await selfSigned();
  const seen: IncomingHttpHeaders[] = [];
  const port = await serveHttp2(t, identity, (stream, headers) => {
    seen.push(headers);
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const { get } = await openHttp2(t, port, identity);
  await get('/a?b=c', undefined, { accept: '*/*', 'x-spaced': ' \ta b ' }).over;
  await get('/', undefined, { host: 'other.example', 'proxy-connection': 'close' }).over;
  assert.deepEqual(seen.map(Object.entries), [
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', 'flags.example'],
      [':path', '/a?b=c'],
      ['accept', '*/*'],
      ['x-spaced', 'a b'],
    ],
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', 'other.example'],
      [':path', '/'],
    ],
  ]);
});

test('Http2Session: shared headers serve any host', async (t) => {
  const identity = await selfSigned();
  const hosts: unknown[] = [];
  const port = await serveHttp2(t, identity, (stream, headers) => {
    hosts.push(headers[':authority']);
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const { session } = await openHttp2(t, port, identity);
  const headers = {};
  for (const authority of ['one.example', 'two.example']) {
    const told = new RecordingHandler();
    session.send({ target: '/', authority, headers }, told);
    await told.over;
  }
  assert.deepEqual(hosts, ['one.example', 'two.example']);
});

test('Http2Session: reports a response in order, its head without pseudo-headers', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a>' });
    stream.respond(
      { ':status': 200, 'content-type': 'image/gif', 'set-cookie': ['a=1', 'b=2'] },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': '1' }));
    stream.end('GIF89a');
  });
  const { get } = await openHttp2(t, port, identity);
  const told = get();
  await told.over;
  assert.deepEqual(told.events, ['sent', 'answer', '103', '200', 'data', 'end']);
  assert.equal(told.body, 'GIF89a');
  const [early, head] = told.heads;
  assert.deepEqual(Object.entries(early?.headers ?? {}), [['link', '</a>']]);
  assert.equal(head?.statusText, undefined);
  const { date, ...others } = head?.headers ?? {};
  assert.deepEqual(Object.entries(others), [
    ['content-type', 'image/gif'],
    ['set-cookie', ['a=1', 'b=2']],
  ]);
});

test('Http2Session: a request is on a kept connection once another was answered', async (t) => {
  const identity = await selfSigned();
  const waiting: ServerHttp2Stream[] = [];
  const port = await serveHttp2(t, identity, (stream) => waiting.push(stream));
  const { get } = await openHttp2(t, port, identity);
  const [first, second] = [get(), get()];
  await until(() => waiting.length === 2);
  for (const stream of waiting) stream.respond({ ':status': 204 }, { endStream: true });
  await Promise.all([first.over, second.over]);
  assert.deepEqual([first.isKept, second.isKept, get().isKept], [false, false, true]);
});

test('Http2Session: room is what the server allows, less the requests under way', async (t) => {
  const identity = await selfSigned();
  const waiting: ServerHttp2Stream[] = [];
  const serve = (stream: ServerHttp2Stream) => waiting.push(stream);
  const port = await serveHttp2(t, identity, serve, { maxConcurrentStreams: 2 });
  const { session, told, get } = await openHttp2(t, port, identity);
  assert.equal(session.room, 100);
  await until(() => told.room === 1);
  assert.equal(session.room, 2);
  const [first, second] = [get(), get()];
  assert.equal(session.room, 0);
  await until(() => waiting.length === 2);
  const [stream] = waiting;
  const room = new Promise<number>((resolve) => {
    first.onEnd = () => resolve(session.room);
  });
  stream?.respond({ ':status': 204 }, { endStream: true });
  assert.equal(await room, 1);
  assert.equal(told.room, 2);
  second.control?.abort();
  assert.deepEqual([session.room, told.room], [2, 3]);
  assert.equal(told.retired, 0);
});

test('Http2Session: sends many requests over one connection, as many at a time as there is room', async (t) => {
  const identity = await selfSigned();
  let most = 0;
  let now = 0;
  const serve = (stream: ServerHttp2Stream) => {
    most = Math.max(most, ++now);
    stream.on('close', () => now--);
    stream.respond({ ':status': 200 });
    stream.end('x'.repeat(20_000));
  };
  const port = await serveHttp2(t, identity, serve, { maxConcurrentStreams: 10 });
  const { session, told, get, watched } = await openHttp2(t, port, identity);
  await until(() => told.room > 0);
  const all: RecordingHandler[] = [];
  while (all.length < 500) {
    while (session.room > 0 && all.length < 500) all.push(get(`/${all.length}`));
    await all.at(-10)?.over;
  }
  await Promise.all(all.map((each) => each.over));
  assert.ok(all.every((each) => each.events.at(-1) === 'end' && each.body.length === 20_000));
  assert.ok(most <= 10);
  assert.deepEqual([...watched], [session]);
});

test('Http2Session: a late first byte fails its request alone', async (t) => {
  const clock = deadlineClock(t);
  const identity = await selfSigned();
  const codes: (number | undefined)[] = [];
  let isServed = false;
  const port = await serveHttp2(t, identity, (stream, headers) => {
    stream.on('close', () => codes.push(stream.rstCode));
    if (headers[':path'] === '/late') {
      stream.additionalHeaders({ ':status': 103 });
      return;
    }
    stream.respond({ ':status': 200 });
    stream.write('GIF');
    isServed = true;
  });
  const { get, told } = await openHttp2(t, port, identity, {
    deadlines: { firstByte: 1000 },
    now: clock.now,
  });
  const late = get('/late');
  const other = get('/');
  await until(() => other.body === 'GIF' && late.heads.length === 1);
  // An interim head is not the response.
  clock.elapse(900);
  assert.equal(late.error, undefined);
  clock.elapse(200);
  assert.equal(reasonOf(late.error), 'timeout-first-byte');
  assert.equal(messageOf(late.error), 'no response within 1 s');
  await until(() => codes.length === 1);
  assert.deepEqual([isServed, codes, other.error, told.retired], [true, [8], undefined, 0]);
});

test('Http2Session: a body that stops is late, unless it is paused', async (t) => {
  const clock = deadlineClock(t);
  const identity = await selfSigned();
  const streams: ServerHttp2Stream[] = [];
  const port = await serveHttp2(t, identity, (stream) => {
    streams.push(stream);
    stream.respond({ ':status': 200 });
    stream.write('a');
  });
  const { get } = await openHttp2(t, port, identity, {
    deadlines: { firstByte: 1000, idle: 1000 },
    now: clock.now,
  });
  const told = get();
  await until(() => told.body === 'a');
  clock.elapse(900);
  streams[0]?.write('b');
  await until(() => told.body === 'ab');
  clock.elapse(900);
  assert.equal(told.error, undefined);
  told.control?.pause();
  clock.elapse(10_000);
  assert.equal(told.error, undefined);
  told.control?.resume();
  // It is not paused any more, so this does not restart the deadline.
  clock.elapse(900);
  told.control?.resume();
  clock.elapse(200);
  assert.equal(reasonOf(told.error), 'timeout-idle');
  assert.deepEqual(told.events, ['sent', 'answer', '200', 'data', 'error']);
});

test('Http2Session: a connection without progress for a whole deadline takes no more requests', async (t) => {
  const clock = deadlineClock(t);
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream, headers) => {
    if (headers[':path'] !== '/paused') return;
    stream.respond({ ':status': 200 });
    stream.write('a');
  });
  const { session, get, told, isClosed } = await openHttp2(t, port, identity, {
    deadlines: { firstByte: 1000, idle: 1000 },
    now: clock.now,
  });
  const paused = get('/paused');
  await until(() => paused.body === 'a');
  paused.control?.pause();
  const late = get('/');
  clock.elapse(1000);
  assert.equal(reasonOf(late.error), 'timeout-first-byte');
  assert.deepEqual([told.retired, session.room, paused.error], [1, 0, undefined]);
  paused.control?.abort();
  await until(isClosed);
  assert.equal(told.retired, 1);
});

test('Http2Session: closes after 4 s of idleness', async (t) => {
  const clock = deadlineClock(t);
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream, headers) => {
    stream.respond({ ':status': 200 });
    if (headers[':path'] !== '/long') stream.end('GIF');
  });
  const { session, get, told, isClosed } = await openHttp2(t, port, identity, { now: clock.now });
  clock.elapse(3_900);
  await get('/').over;
  clock.elapse(3_900);
  const long = get('/long');
  clock.elapse(60_000);
  assert.equal(told.retired, 0);
  long.control?.abort();
  clock.elapse(3_900);
  assert.equal(told.retired, 0);
  clock.elapse(200);
  assert.deepEqual([told.retired, session.room], [1, 0]);
  await until(isClosed);
});

test('Http2Session: disposal fails requests under way', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, () => {});
  const { session, get, told, isClosed } = await openHttp2(t, port, identity);
  const all = [get(), get()];
  session[Symbol.dispose]();
  session[Symbol.dispose]();
  assert.deepEqual(
    all.map(({ events, error }) => [events, reasonOf(error)]),
    all.map(() => [['sent', 'error'], 'connection-lost']),
  );
  assert.deepEqual([told.retired, session.room], [1, 0]);
  await until(isClosed);
  const late = get();
  await late.over;
  assert.equal(reasonOf(late.error), 'connection-lost');
});

test('Http2Session: too large a head of a response fails its request alone', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream, headers) => {
    const many = headers[':path'] === '/many' ? 500 : 0;
    const long = headers[':path'] === '/long' ? 100_000 : 0;
    const fields = Array.from({ length: many }, (_, index) => [`x-${index}`, 'y']);
    if (long > 0) for (let n = 0; n < 10; n++) fields.push([`x-${n}`, 'z'.repeat(long / 10)]);
    stream.respond({ ':status': 200, ...Object.fromEntries(fields) });
    stream.end('GIF');
  });
  const { get } = await openHttp2(t, port, identity);
  const all = ['/many', '/long', '/'].map((target) => get(target));
  await Promise.all(all.map(({ over }) => over));
  assert.deepEqual(
    all.map(({ events }) => events),
    [
      ['sent', 'error'],
      ['sent', 'error'],
      ['sent', 'answer', '200', 'data', 'end'],
    ],
  );
  assert.equal(reasonOf(all[0]?.error), 'connection-lost');
  assert.equal(reasonOf(all[1]?.error), 'connection-lost');
});

test('Http2Session: a request with too long a head is not sent', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream) => {
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const { session, get, told } = await openHttp2(t, port, identity);
  await get().over;
  const longest = 64_000 - 97 - 'flags.example'.length - '/'.length;
  const many = Array.from({ length: 4_000 }, (_, index) => [`x-${index}`, 'y'] as const);
  const filled = { a: 'b', cookie: 'x'.repeat(longest - 14 - 18) };
  const all = [
    ['/', filled],
    ['/x', filled],
    [`/${'x'.repeat(longest)}`, {}],
    [`/${'x'.repeat(longest + 1)}`, {}],
    ['/', Object.fromEntries(many)],
  ] as const;
  const ends: unknown[] = [];
  for (const [target, headers] of all) {
    const { room } = session;
    const request = get(target, undefined, headers);
    await request.over;
    const { events, error } = request;
    ends.push(error === undefined ? events.at(-1) : [...events, reasonOf(error), messageOf(error)]);
    if (error !== undefined) assert.equal(session.room, room);
    request.control?.pause();
    request.control?.resume();
    request.control?.abort();
  }
  const refused = (name: string) => [
    'error',
    'bad-row',
    `the header "${name}" cannot be sent: all of them are too long`,
  ];
  assert.deepEqual(ends, ['end', refused('cookie'), 'end', refused(':path'), refused(':path')]);
  assert.equal(told.retired, 0);
});

test('Http2Session: reports idleness, and its end once', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream) => {
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const { get, session, told } = await openHttp2(t, port, identity);
  assert.equal(session.isIdle, true);
  const both = [get(), get()];
  assert.equal(session.isIdle, false);
  await Promise.all(both.map((each) => each.over));
  assert.deepEqual([told.idle, told.closed, session.isIdle], [1, 0, true]);
  // It cannot be sent, so the connection is idle again.
  await get('/', undefined, { 'x-long': 'x'.repeat(70_000) }).over;
  assert.deepEqual([told.idle, session.isIdle], [2, true]);
  session[Symbol.dispose]();
  assert.deepEqual([told.closed, session.isIdle], [1, false]);
});
