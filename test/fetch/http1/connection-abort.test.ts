import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../server/ask.ts';
import { openHttp1 } from '../../support/open-http1.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

const WHOLE = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nGIF';
const ALL = ['sent', 'answer', '200', 'data', 'end'];

/** A handler that aborts its request at a given event. */
function quitter(when: 'onAnswer' | 'onHead' | 'onData' | 'onEnd'): RecordingHandler {
  const told = new RecordingHandler();
  const tell = RecordingHandler.prototype[when] as (...args: unknown[]) => void;
  return Object.assign(told, {
    [when](...args: unknown[]) {
      tell.apply(told, args);
      told.control?.abort();
    },
  });
}

test('Http1Connection: aborting before the response closes the connection, and reports nothing more', async (t) => {
  const { get, told, connection, socket, isWatched } = await openHttp1(t);
  const got = await get();
  assert.equal(isWatched(), true);
  got.control?.abort();
  assert.equal(isWatched(), false);
  assert.deepEqual([connection.isClosed, told], [true, { idle: 0, closed: 1 }]);
  await until(() => socket.closed);
  got.control?.abort();
  assert.deepEqual([got.events, told.closed], [['sent'], 1]);
});

for (const [when, events] of [
  ['onAnswer', ['sent', 'answer']],
  ['onHead', ['sent', 'answer', '200']],
  ['onData', ['sent', 'answer', '200', 'data']],
] as const) {
  test(`Http1Connection: aborting in ${when} reports nothing more, not even what has come already`, async (t) => {
    const { get, say, told, connection, socket } = await openHttp1(t);
    const got = await get('/', quitter(when));
    say('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n3\r\n89a\r\n0\r\n\r\n');
    await until(() => connection.isClosed);
    await until(() => socket.closed);
    assert.deepEqual([got.events, got.body], [events, when === 'onData' ? 'GIF' : '']);
    assert.deepEqual(told, { idle: 0, closed: 1 });
  });
}

test('Http1Connection: aborting with the last piece of the body does not report the end', async (t) => {
  const { get, say, told, socket } = await openHttp1(t);
  const got = await get('/', quitter('onData'));
  say(WHOLE);
  await until(() => socket.closed);
  assert.deepEqual([got.events, told], [ALL.slice(0, -1), { idle: 0, closed: 1 }]);
});

test('Http1Connection: resuming before the response, without a pause, does nothing', async (t) => {
  const { get, say } = await openHttp1(t);
  const got = await get();
  got.control?.resume();
  assert.deepEqual(got.events, ['sent']);
  say(WHOLE);
  await got.over;
  assert.deepEqual(got.events, ALL);
});

test('Http1Connection: aborting at the end is too late, and keeps the connection', async (t) => {
  const { get, say, told } = await openHttp1(t);
  const got = await get('/', quitter('onEnd'));
  say(WHOLE);
  await got.over;
  assert.deepEqual([got.events, told], [ALL, { idle: 1, closed: 0 }]);
});

test('Http1Connection: aborting during a pause reports nothing more', async (t) => {
  const { get, say, told, socket } = await openHttp1(t);
  const got = await get();
  say('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nGIF');
  await until(() => got.body === 'GIF');
  got.control?.pause();
  got.control?.abort();
  got.control?.resume();
  await until(() => socket.closed);
  assert.deepEqual([got.events, told], [ALL.slice(0, -1), { idle: 0, closed: 1 }]);
});

test('Http1Connection: aborting during a pause before the response reports nothing after a resume', async (t) => {
  const { get } = await openHttp1(t);
  const got = await get();
  got.control?.pause();
  got.control?.abort();
  got.control?.resume();
  assert.deepEqual(got.events, ['sent']);
});

test('Http1Connection: controls of a finished request do not affect the next one', async (t) => {
  const { get, say, told, connection, socket } = await openHttp1(t);
  const first = await get('/1');
  say(WHOLE);
  await first.over;
  const second = await get('/2');
  const steer = () => {
    first.control?.pause();
    first.control?.resume();
    first.control?.abort();
  };
  steer();
  assert.deepEqual([connection.isClosed, socket.isPaused()], [false, false]);
  say('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nG');
  await until(() => second.body === 'G');
  second.control?.pause();
  steer();
  assert.deepEqual([connection.isClosed, socket.isPaused()], [false, true]);
  second.control?.resume();
  say('IF');
  await second.over;
  assert.deepEqual([second.events, told], [ALL, { idle: 2, closed: 0 }]);
});

test('Http1Connection: a connection closed by its handler at the end is not idle', async (t) => {
  const { get, say, told, connection } = await openHttp1(t);
  const got = Object.assign(new RecordingHandler(), {
    onEnd() {
      connection[Symbol.dispose]();
      RecordingHandler.prototype.onEnd.call(got);
    },
  });
  await get('/', got);
  say(WHOLE);
  await got.over;
  assert.deepEqual([got.events, told], [ALL, { idle: 0, closed: 1 }]);
});
