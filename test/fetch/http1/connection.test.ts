import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { until } from '../../server/ask.ts';
import { openHttp1 } from '../../support/open-http1.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

const WHOLE = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nGIF';
const ALL = ['sent', 'answer', '200', 'data', 'end'];

test('Http1Connection: serves one request after the other', async (t) => {
  const { get, say, told, requests, connection } = await openHttp1(t);
  const first = await get('/1');
  say(WHOLE);
  await first.over;
  const second = await get('/2');
  say(WHOLE);
  await second.over;
  assert.deepEqual([first.events, second.events], [ALL, ALL]);
  assert.deepEqual([first.isKept, second.isKept], [false, true]);
  assert.deepEqual(
    requests.map((text) => text.split(' ')[1]),
    ['/1', '/2'],
  );
  assert.deepEqual([told, connection.isClosed], [{ idle: 2, closed: 0 }, false]);
});

test('Http1Connection: sends one byte for each character', async (t) => {
  const { connection, requests } = await openHttp1(t);
  const headers = { 'x-name': 'S\xe3o Tom\xe9' };
  connection.send({ target: '/', authority: 'flags.example', headers }, new RecordingHandler());
  await until(() => requests.length === 1);
  assert.match(requests[0] ?? '', /^x-name: S\xe3o Tom\xe9\r$/m);
});

test('Http1Connection: a body that ends with the connection is complete, and no request follows', async (t) => {
  const { get, say, hangUp, told, connection } = await openHttp1(t);
  const got = await get();
  say('HTTP/1.1 200 OK\r\n\r\nGIF');
  await until(() => got.body === 'GIF');
  say('89a');
  hangUp();
  await got.over;
  assert.deepEqual([got.events, got.body], [ALL, 'GIF89a']);
  // The head does not say `close`, and yet it is closed.
  assert.deepEqual([told, connection.isClosed], [{ idle: 0, closed: 1 }, true]);
});

test('Http1Connection: a body that was to end otherwise is cut off', async (t) => {
  for (const head of ['content-length: 9', 'transfer-encoding: chunked']) {
    await t.test(head, async (t) => {
      const { get, say, hangUp, told } = await openHttp1(t);
      const got = await get();
      say(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n9\r\nGIF`);
      hangUp();
      await got.over;
      assert.ok(got.error instanceof ConnectionLostError);
      assert.deepEqual(got.events, ['sent', 'answer', '200', 'data', 'error']);
      assert.deepEqual(told, { idle: 0, closed: 1 });
    });
  }
});

for (const [version, header, keeps] of [
  ['1.1', 'x: y', true],
  ['1.1', 'connection: close', false],
  ['1.0', 'x: y', false],
  ['1.0', 'connection: keep-alive', true],
  // With a second less, nothing is left.
  ['1.1', 'keep-alive: timeout=1', false],
  ['1.1', 'keep-alive: timeout=0', false],
] as const) {
  test(`Http1Connection: is ${keeps ? '' : 'not '}kept after HTTP/${version} with ${header}`, async (t) => {
    const { get, say, told, connection } = await openHttp1(t);
    const got = await get();
    say(`HTTP/${version} 200 OK\r\n${header}\r\ncontent-length: 3\r\n\r\nGIF`);
    await got.over;
    assert.deepEqual(got.events, ALL);
    assert.deepEqual(told, keeps ? { idle: 1, closed: 0 } : { idle: 0, closed: 1 });
    assert.equal(connection.isClosed, !keeps);
  });
}

for (const [hint, kept] of [
  ['x: y', 4_000],
  ['keep-alive: timeout=3', 2_000],
  ['keep-alive: max=9, timeout=60', 59_000],
  ['keep-alive: timeout=86400', 600_000],
] as const) {
  test(`Http1Connection: with ${hint} it is closed after ${kept} ms of idleness`, async (t) => {
    const { get, say, told, connection, clock } = await openHttp1(t);
    const got = await get();
    say(`HTTP/1.1 200 OK\r\n${hint}\r\ncontent-length: 3\r\n\r\nGIF`);
    await got.over;
    clock.elapse(kept - 1);
    assert.equal(connection.isClosed, false);
    clock.elapse(100);
    assert.deepEqual([connection.isClosed, told.closed], [true, 1]);
  });
}

test('Http1Connection: a long idle time does not count against the next request', async (t) => {
  const { get, say, clock, connection } = await openHttp1(t, { firstByte: 10_000 });
  const first = await get();
  say(WHOLE);
  await first.over;
  clock.elapse(3_900);
  const second = await get();
  clock.elapse(9_900);
  assert.equal(connection.isClosed, false);
  say(WHOLE);
  await second.over;
  assert.deepEqual(second.events, ALL);
});

test('Http1Connection: closes when data comes while it is idle', async (t) => {
  const { get, say, told, connection } = await openHttp1(t);
  const got = await get();
  say(WHOLE);
  await got.over;
  say(WHOLE);
  await until(() => connection.isClosed);
  assert.deepEqual([told, got.events], [{ idle: 1, closed: 1 }, ALL]);
});

test('Http1Connection: is closed when the server closes it while it is idle', async (t) => {
  const { get, say, hangUp, told, connection } = await openHttp1(t);
  const got = await get();
  say(WHOLE);
  await got.over;
  hangUp();
  await until(() => connection.isClosed);
  assert.deepEqual([told, got.events], [{ idle: 1, closed: 1 }, ALL]);
});

test('Http1Connection: is not used again when more than the response comes', async (t) => {
  for (const [what, response] of [
    ['a body', `${WHOLE}89a`],
    ['another response', WHOLE + WHOLE],
    ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n0\r\n\r\n0'],
  ] as const) {
    await t.test(what, async (t) => {
      const { get, say, told } = await openHttp1(t);
      const got = await get();
      say(response);
      await got.over;
      assert.deepEqual([got.events, got.body], [ALL, 'GIF']);
      assert.deepEqual(told, { idle: 0, closed: 1 });
    });
  }
});

test('Http1Connection: reports interim responses, and the response after them', async (t) => {
  const { get, say, told } = await openHttp1(t);
  const got = await get();
  say(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${WHOLE}`);
  await got.over;
  assert.deepEqual(got.events, ['sent', 'answer', '103', '102', '200', 'data', 'end']);
  assert.deepEqual(told, { idle: 1, closed: 0 });
});

test('Http1Connection: disposal fails the request under way', async (t) => {
  const { get, told, connection } = await openHttp1(t);
  const got = await get();
  connection[Symbol.dispose]();
  connection[Symbol.dispose]();
  assert.ok(got.error instanceof ConnectionLostError);
  assert.equal(got.error.message, 'the connection was closed');
  assert.deepEqual([got.events, told.closed], [['sent', 'error'], 1]);
});

for (const when of ['onHead', 'onData', 'onEnd', 'onAnswer'] as const) {
  test(`Http1Connection: what ${when} throws is passed to onError`, async (t) => {
    const { get, say, told } = await openHttp1(t);
    const thrower = Object.assign(new RecordingHandler(), {
      [when]() {
        throw new Error(`thrown by ${when}`);
      },
    });
    const got = await get('/', thrower);
    say(WHOLE);
    await got.over;
    assert.equal(got.error?.message, `thrown by ${when}`);
    assert.equal(got.events.filter((event) => event === 'error').length, 1);
    // At the end of a response the connection is fine.
    assert.deepEqual(told, when === 'onEnd' ? { idle: 1, closed: 0 } : { idle: 0, closed: 1 });
  });
}

test('Http1Connection: closes 4 s after it was made without a request', async (t) => {
  const { clock, told, isWatched } = await openHttp1(t);
  clock.elapse(3_999);
  assert.equal(told.closed, 0);
  clock.elapse(101);
  assert.deepEqual([told.closed, isWatched()], [1, false]);
});

for (const [ms, isKept] of [
  [1_000, false],
  [1_001, true],
] as const) {
  test(`Http1Connection: a first request after ${ms} ms counts as on a ${isKept ? 'kept' : 'new'} connection`, async (t) => {
    const { clock, get } = await openHttp1(t);
    clock.elapse(ms);
    assert.equal((await get()).isKept, isKept);
  });
}
