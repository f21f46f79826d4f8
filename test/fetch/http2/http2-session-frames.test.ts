// Slow: waits in real time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  FRAME,
  type Frame,
  type FramePeer,
  numbers,
} from '../../support/frame-server.ts';
import { OK, openFrames as open } from '../../support/open-frames.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

const of = (type: number, stream: number) => (frame: Frame) =>
  frame.type === type && frame.stream === stream;

test('Http2Session: GOAWAY fails requests above its last stream, and lets the others end', async (t) => {
  const { session, get, told, peer, isClosed, watched } = await open(t, (to, stream) => {
    if (stream !== 5) return;
    to.head(1, OK);
    to.send(FRAME.goaway, 0, 0, numbers(3, 0));
  });
  const [first, second, third] = [get(), get(), get()];
  await third.over;
  assert.deepEqual(third.events, ['sent', 'error']);
  assert.ok(third.error instanceof ConnectionLostError);
  assert.deepEqual([told.retired, session.room], [1, 0]);
  const { room } = told;
  peer.send(FRAME.settings, 0, 0);
  peer.send(FRAME.data, END_STREAM, 1, Buffer.from('GIF'));
  peer.head(3, OK, END_HEADERS | END_STREAM);
  await Promise.all([first.over, second.over]);
  assert.deepEqual(first.events, ['sent', 'answer', '200', 'data', 'end']);
  assert.deepEqual(second.events, ['sent', 'answer', '200', 'end']);
  await until(isClosed);
  assert.deepEqual(told, { retired: 1, room, idle: 0, closed: 1 });
  assert.equal(watched.size, 0);
});

test('Http2Session: GOAWAY closes an idle session', async (t) => {
  // By its clock it is never idle for long.
  const { now } = deadlineClock(t);
  const { session, told, peer, isClosed } = await open(t, () => {}, { now });
  // It does not notice that the other side closes, and does not close by itself.
  peer.socket.pause();
  peer.send(FRAME.goaway, 0, 0, numbers(0, 0));
  await until(isClosed);
  assert.deepEqual([told.retired, session.room], [1, 0]);
});

test('Http2Session: a warning GOAWAY, before the one with the last stream, fails no request', async (t) => {
  const { get, told, peer, isClosed } = await open(t, () => {});
  const first = get();
  await until(() => peer.frames.some(of(FRAME.headers, 1)));
  peer.send(FRAME.goaway, 0, 0, numbers(2 ** 31 - 1, 0));
  await until(() => told.retired === 1);
  peer.send(FRAME.goaway, 0, 0, numbers(1, 0));
  peer.head(1, OK, END_HEADERS | END_STREAM);
  await first.over;
  assert.equal(first.events.at(-1), 'end');
  await until(isClosed);
});

test('Http2Session: GOAWAY with an error fails all requests', async (t) => {
  const { get, told, peer, isClosed } = await open(t, () => {});
  const all = [get(), get()];
  await until(() => peer.frames.some(of(FRAME.headers, 3)));
  peer.send(FRAME.goaway, 0, 0, numbers(1, 11));
  await Promise.all(all.map(({ over }) => over));
  for (const { events, error } of all) {
    assert.deepEqual(events, ['sent', 'error']);
    assert.equal(reasonOf(error), 'connection-lost');
  }
  await until(isClosed);
  assert.equal(told.retired, 1);
});

for (const [name, code] of [
  ['NO_ERROR', 0],
  ['INTERNAL_ERROR', 2],
  ['REFUSED_STREAM', 7],
  ['CANCEL', 8],
] as const) {
  test(`Http2Session: a stream reset with ${name} is lost, before a head and after`, async (t) => {
    const { session, get } = await open(t, (to, stream) => {
      if (stream > 1) {
        to.head(stream, OK);
        to.send(FRAME.data, 0, stream, Buffer.from('GIF'));
      }
      // Otherwise the pieces before the reset may be lost with the rest, which is also right.
      if (stream > 1) setImmediate(() => to.send(FRAME.reset, 0, stream, numbers(code)));
      else to.send(FRAME.reset, 0, stream, numbers(code));
    });
    const first = get();
    await first.over;
    assert.deepEqual(first.events, ['sent', 'error']);
    const second = get();
    await second.over;
    assert.deepEqual(second.events.slice(0, 3), ['sent', 'answer', '200']);
    assert.equal(second.events.at(-1), 'error');
    for (const { error } of [first, second]) assert.ok(error instanceof ConnectionLostError);
    assert.equal(session.room > 0, true);
  });
}

test('Http2Session: a stream reset without an error after its response is complete', async (t) => {
  const { get } = await open(t, (to, stream) => {
    to.head(stream, OK);
    to.send(FRAME.data, END_STREAM, stream, Buffer.from('GIF'));
    to.send(FRAME.reset, 0, stream, numbers(0));
  });
  const told = get();
  await told.over;
  assert.deepEqual(told.events, ['sent', 'answer', '200', 'data', 'end']);
});

for (const how of ['end', 'destroy', 'resetAndDestroy'] as const) {
  test(`Http2Session: a lost connection fails each request once (${how})`, async (t) => {
    const { session, get, told, peer, isClosed } = await open(t, (to, stream) => {
      if (stream === 1) to.head(stream, OK);
    });
    const rooms: number[] = [];
    const noting = new RecordingHandler();
    const tell = noting.onError.bind(noting);
    noting.onError = (error) => {
      rooms.push(session.room, told.retired);
      tell(error);
    };
    const all = [get(), get('/', noting)];
    await until(() => all[0]?.heads.length === 1);
    const socket = peer.socket as typeof peer.socket & { _parent?: typeof peer.socket };
    if (how === 'resetAndDestroy') (socket._parent ?? socket).resetAndDestroy();
    else socket[how]();
    await Promise.all(all.map(({ over }) => over));
    assert.deepEqual(
      all.map(({ events }) => events),
      [
        ['sent', 'answer', '200', 'error'],
        ['sent', 'error'],
      ],
    );
    for (const { error } of all) assert.equal(reasonOf(error), 'connection-lost');
    assert.deepEqual(rooms, [0, 1]);
    await until(isClosed);
    assert.deepEqual([told.retired, session.room], [1, 0]);
  });
}

test('Http2Session: a session that the server closes while it is idle is retired', async (t) => {
  const { session, told, peer, isClosed } = await open(t, () => {});
  peer.socket.end();
  await until(isClosed);
  // Before Node reports it.
  assert.equal(session.room, 0);
  await until(() => told.retired === 1);
});

for (const [what, send] of [
  ['is no frame', (to: FramePeer) => void to.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['has a body before its head', (to: FramePeer) => to.send(FRAME.data, 0, 1, Buffer.from('x'))],
  [
    'is empty data without end',
    (to: FramePeer) => {
      to.head(1, OK);
      for (let n = 0; n < 5_000; n++) to.send(FRAME.data, 0, 1);
    },
  ],
] as const) {
  test(`Http2Session: a response that ${what} fails its request`, async (t) => {
    const { session, get } = await open(t, send);
    const told = new RecordingHandler();
    const tell = told.onError.bind(told);
    let room: number | undefined;
    told.onError = (error) => {
      room = session.room;
      tell(error);
    };
    get('/', told);
    await told.over;
    assert.equal(room, 0);
    assert.equal(told.events.at(-1), 'error');
    assert.equal(told.events.filter((event) => event === 'error').length, 1);
    assert.equal(reasonOf(told.error), 'protocol');
  });
}

for (const [bytes, reason] of [
  // It becomes `truncated` after a head.
  [2, 'connection-lost'],
  // For Node the whole connection has failed.
  [4, 'protocol'],
] as const) {
  test(`Http2Session: refuses a body of ${bytes} bytes where 3 are announced`, async (t) => {
    const { get } = await open(t, (to, stream) => {
      to.head(stream, [...OK, ['content-length', '3']]);
      to.send(FRAME.data, END_STREAM, stream, Buffer.alloc(bytes));
    });
    const told = get();
    await told.over;
    assert.equal(told.events.at(-1), 'error');
    assert.equal(reasonOf(told.error), reason);
  });
}

test('Http2Session: a request may be paused before its head', async (t) => {
  const clock = deadlineClock(t);
  const { get, peer } = await open(t, () => {}, { deadlines: { idle: 1000 }, now: clock.now });
  const told = get();
  told.control?.pause();
  await until(() => peer.frames.some(of(FRAME.headers, 1)));
  peer.head(1, OK);
  peer.send(FRAME.data, END_STREAM, 1, Buffer.from('GIF'));
  peer.send(FRAME.ping, 0, 0, Buffer.alloc(8));
  await until(() => peer.frames.some(of(FRAME.ping, 0)));
  clock.elapse(10_000);
  assert.deepEqual(told.events, ['sent', 'answer', '200']);
  told.control?.resume();
  await told.over;
  assert.deepEqual(told.events, ['sent', 'answer', '200', 'data', 'end']);
});

test('Http2Session: aborting between pieces reports no more of them', async (t) => {
  const { get, peer } = await open(t, () => {});
  const told = new RecordingHandler();
  let pieces = 0;
  told.onData = () => {
    pieces++;
    told.control?.abort();
  };
  get('/', told);
  told.control?.pause();
  await until(() => peer.frames.some(of(FRAME.headers, 1)));
  peer.head(1, OK);
  for (let n = 0; n < 10; n++) peer.send(FRAME.data, 0, 1, Buffer.from('GIF'));
  peer.send(FRAME.ping, 0, 0, Buffer.alloc(8));
  await until(() => peer.frames.some(of(FRAME.ping, 0)));
  told.control?.resume();
  await until(() => peer.frames.some(of(FRAME.reset, 1)));
  assert.equal(pieces, 1);
});

for (const status of ['101', '103']) {
  test(`Http2Session: ${status} as the last head is not a response`, async (t) => {
    const { get } = await open(t, (to, stream) =>
      to.head(stream, [[':status', status]], END_HEADERS | END_STREAM),
    );
    const told = get();
    await told.over;
    assert.equal(told.events.at(-1), 'error');
    assert.ok(!told.events.includes('end'));
  });
}

for (const [what, fields] of [
  ['no status', [['x', 'y']]],
  ['no number as its status', [[':status', 'x']]],
  ['two statuses', [...OK, ...OK]],
  ['a name in upper case', [...OK, ['X', 'y']]],
  ['a field about a connection of HTTP/1.1', [...OK, ['connection', 'close']]],
  ['a length that is no number', [...OK, ['content-length', 'x']]],
] as const) {
  test(`Http2Session: a head with ${what} fails its request alone`, async (t) => {
    const { session, get } = await open(t, (to, stream) => to.head(stream, fields));
    const told = get();
    await told.over;
    assert.deepEqual(told.events, ['sent', 'error']);
    assert.equal(reasonOf(told.error), 'protocol');
    assert.equal(session.room > 0, true);
  });
}

test('Http2Session: the handler can end endless interim heads', async (t) => {
  const { get, peer } = await open(t, (to, stream) => {
    for (let n = 0; n < 1_000; n++) to.head(stream, [[':status', '103']]);
  });
  const told = new RecordingHandler();
  const tell = told.onHead.bind(told);
  told.onHead = (head) => {
    tell(head);
    if (told.heads.length > 10) throw new Error('too many');
  };
  get('/', told);
  await told.over;
  assert.equal(told.heads.length, 11);
  assert.equal(told.error?.message, 'too many');
  await until(() => peer.frames.some(of(FRAME.reset, 1)));
});

test('Http2Session: neither PING nor SETTINGS extend the deadline of a request', async (t) => {
  const clock = deadlineClock(t);
  const { get, peer } = await open(t, () => {}, { deadlines: { firstByte: 1000 }, now: clock.now });
  const told = get();
  for (let round = 1; round <= 10; round++) {
    peer.send(FRAME.ping, 0, 0, Buffer.alloc(8, round));
    peer.send(FRAME.settings, 0, 0);
    await until(() => peer.frames.filter(of(FRAME.ping, 0)).length === round);
    clock.elapse(100);
  }
  assert.equal(reasonOf(told.error), 'timeout-first-byte');
});

test('Http2Session: ends a flood of PING', async (t) => {
  const { get } = await open(t, (to) => {
    // The client reads none of the answers.
    to.socket.pause();
    for (let n = 0; n < 200_000; n++) to.send(FRAME.ping, 0, 0, Buffer.alloc(8));
  });
  const told = get();
  await told.over;
  assert.equal(told.events.at(-1), 'error');
});

test('Http2Session: holds no more than a window of a paused body', async (t) => {
  const WINDOW = 1024 * 1024;
  const piece = Buffer.alloc(16 * 1024);
  const { get, peer } = await open(t, (to, stream) => {
    to.head(stream, OK);
    to.send(FRAME.data, 0, stream, piece);
  });
  const [settings] = peer.frames.filter(of(FRAME.settings, 0));
  const at = settings?.payload.indexOf(numbers(0x0004 << 16).subarray(0, 2)) ?? -1;
  assert.equal(settings?.payload.readUInt32BE(at + 2), WINDOW);
  const told = new RecordingHandler();
  told.onHead = () => told.control?.pause();
  get('/', told);
  await until(() => peer.frames.some(of(FRAME.headers, 1)));
  for (let sent = piece.length; sent < WINDOW; sent += piece.length) {
    peer.send(FRAME.data, 0, 1, piece);
  }
  peer.send(FRAME.ping, 0, 0, Buffer.alloc(8));
  await until(() => peer.frames.some(of(FRAME.ping, 0)));
  // The data is not taken from the stream, but from the connection: others go on.
  assert.equal(told.body.length, 0);
  assert.equal(peer.frames.some(of(FRAME.windowUpdate, 1)), false);
  told.control?.resume();
  await until(() => told.body.length === WINDOW);
  await until(() => peer.frames.some(of(FRAME.windowUpdate, 1)));
});

test('Http2Session: disposal does not wait for the server', async (t) => {
  const { session, get, told, isClosed } = await open(t, (to) => to.socket.pause());
  const headers = { 'x-long': 'x'.repeat(60_000) };
  const all: RecordingHandler[] = [];
  while (session.room > 0) all.push(get('/', undefined, headers));
  session[Symbol.dispose]();
  assert.ok(all.every(({ events }) => events.at(-1) === 'error'));
  assert.equal(told.retired, 1);
  await until(isClosed);
});

test('Http2Session: follows the settings of the server', async (t) => {
  const { session, told, peer } = await open(t, () => {});
  await until(() => told.room === 1);
  assert.equal(session.room, 2 ** 32 - 1);
  const most = Buffer.concat([Buffer.of(0, 3), numbers(7)]);
  peer.send(FRAME.settings, 0, 0, most);
  await until(() => told.room === 2);
  assert.equal(session.room, 7);
  await until(() => peer.frames.filter(of(FRAME.settings, 0)).some(({ flags }) => flags === ACK));
});
