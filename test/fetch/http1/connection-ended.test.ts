import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { messageOf } from '../../../src/model/error-words.ts';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { until } from '../../server/ask.ts';
import { selfSigned } from '../../support/certificates.ts';
import { openHttp1 } from '../../support/open-http1.ts';
import { openOrigin } from '../../support/open-origin.ts';
import { PausingHandler, RecordingHandler } from '../../support/recording-handler.ts';
import { listen } from '../../support/tiny-server.ts';

const HEAD = 'HTTP/1.1 200 OK\r\n';
const ALL = ['sent', 'answer', '200', 'data', 'end'];

test('Http1Connection: over TLS, a body paused when the server closed the connection is complete', async (t) => {
  const identity = await selfSigned();
  const body = 'GIF89a'.repeat(15_000);
  const server = createServer(identity, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`${HEAD}content-length: ${body.length}\r\n\r\n${body}`));
  });
  const { port } = await listen(t, server);
  const { connect, origin } = openOrigin(t, port, { ca: identity.cert });
  const got: RecordingHandler = Object.assign(new RecordingHandler(), {
    onData(piece: Uint8Array) {
      RecordingHandler.prototype.onData.call(got, piece);
      got.control?.pause();
      setImmediate(() => got.control?.resume());
    },
  });
  got.control = origin.send({ target: '/', authority: 'flags.example', headers: {} }, got, false);
  await connect();
  await got.over;
  assert.deepEqual([got.error, got.events, got.body === body], [undefined, ALL, true]);
});

test('Http1Connection: what arrives during a pause, as over TLS, is reported after it, in order', async (t) => {
  const { get, say, told, connection } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}content-length: 9\r\n\r\nGIF`);
  await until(() => got.body === 'GIF');
  for (const piece of ['89a', '!!!']) {
    const bytes = Buffer.from(piece);
    connection.onBytes(bytes);
    // The bytes were only lent.
    bytes.fill('?');
  }
  assert.equal(got.body, 'GIF');
  got.control?.resume();
  assert.deepEqual([got.events, got.body, told], [ALL, 'GIF89a!!!', { idle: 1, closed: 0 }]);
});

for (const [what, header, rest] of [
  ['a body', 'content-length: 6\r\n', '89a'],
  ['the last chunk', 'transfer-encoding: chunked\r\n', '3\r\n89a\r\n0\r\n\r\n'],
  ['what ends with the connection', '', '89a'],
] as const) {
  test(`Http1Connection: after an end during a pause, ${what} is complete, and nothing more is sent`, async (t) => {
    const { get, say, told, connection } = await openHttp1(t);
    const got = await get('/', new PausingHandler(3));
    say(`${HEAD}${header}\r\n${header.startsWith('transfer') ? '3\r\nGIF\r\n' : 'GIF'}`);
    await until(() => got.body === 'GIF');
    connection.onBytes(Buffer.from(rest));
    connection.onLost(undefined);
    assert.deepEqual([got.events, connection.isClosed], [ALL.slice(0, -1), false]);
    got.control?.resume();
    assert.deepEqual([got.events, got.body, told], [ALL, 'GIF89a', { idle: 0, closed: 1 }]);
  });
}

test('Http1Connection: after an end during a pause, there may be another pause', async (t) => {
  const { get, say, told, connection } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3, 6));
  say(`${HEAD}\r\nGIF`);
  await until(() => got.body === 'GIF');
  connection.onBytes(Buffer.from('89a'));
  connection.onLost(undefined);
  got.control?.resume();
  assert.deepEqual([got.events, got.body], [ALL.slice(0, -1), 'GIF89a']);
  got.control?.resume();
  assert.deepEqual([got.events, told], [ALL, { idle: 0, closed: 1 }]);
});

test('Http1Connection: after an end during a pause, a missing rest fails the request', async (t) => {
  const { get, say, told, connection } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}content-length: 9\r\n\r\nGIF`);
  await until(() => got.body === 'GIF');
  connection.onBytes(Buffer.from('89a'));
  connection.onLost(undefined);
  assert.deepEqual(got.events, ALL.slice(0, -1));
  got.control?.resume();
  assert.ok(got.error instanceof ConnectionLostError);
  assert.equal(messageOf(got.error), 'the server closed the connection');
  assert.deepEqual([got.body, told], ['GIF89a', { idle: 0, closed: 1 }]);
});

test('Http1Connection: a connection that breaks during a pause fails the request at once', async (t) => {
  const { get, say, told, socket } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}\r\nGIF`);
  await until(() => got.body === 'GIF');
  const error = new Error('reset');
  socket.destroy(error);
  await got.over;
  assert.equal(got.error, error);
  got.control?.resume();
  assert.deepEqual([got.events, told], [[...ALL.slice(0, -1), 'error'], { idle: 0, closed: 1 }]);
});

test('Http1Connection: a body that ends with the connection is not complete when that breaks', async (t) => {
  const { get, say, told, socket } = await openHttp1(t);
  const got = await get();
  say(`${HEAD}\r\nGIF`);
  await until(() => got.body === 'GIF');
  const error = new Error('reset');
  socket.destroy(error);
  await got.over;
  assert.equal(got.error, error);
  assert.deepEqual([got.events.at(-1), told], ['error', { idle: 0, closed: 1 }]);
});
