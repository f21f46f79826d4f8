import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { tunnelThrough } from '../../../src/fetch/proxy/tunnel.ts';
import { Connector } from '../../../src/fetch/transport/connector.ts';
import { DeadlineWatch } from '../../../src/fetch/transport/deadline-watch.ts';
import { type Destination, destinationOf } from '../../../src/fetch/transport/destination.ts';
import { TlsClient } from '../../../src/fetch/transport/tls-client.ts';
import { Transport } from '../../../src/fetch/transport/transport.ts';
import { messageOf } from '../../../src/model/error-words.ts';
import { ConnectionLostError, ProxyError } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { addressesOf } from '../../support/addresses.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';
import { serveBytes } from '../../support/tiny-server.ts';

const SERVER = { host: 'flags.example', port: 443, isSecure: true };

/** Connects to this machine for all names. */
function connectorOf(watch: DeadlineWatch): Connector {
  const tls = new TlsClient(undefined, false);
  return new Connector({ watch, timeout: 0, tls, addresses: addressesOf('127.0.0.1') });
}

/** A tunnel through a proxy that answers as the test says. */
async function dig(t: TestContext, { to = SERVER as Destination, timeout = 0, headers = {} } = {}) {
  const { now, elapse } = deadlineClock(t);
  const asked: string[] = [];
  let theirs: Socket | undefined;
  const server = await serveBytes(t, (from, data) => {
    theirs = from;
    asked.push(data.toString('latin1'));
  });
  const watch = new DeadlineWatch([timeout], now);
  t.after(() => watch[Symbol.dispose]());
  const connector = connectorOf(watch);
  const url = new URL(server.url);
  const results: (Transport | Error)[] = [];
  const connect = tunnelThrough({
    proxy: { kind: 'http', url, destination: destinationOf(url), headers },
    toProxy: connector,
    toServer: connector,
    watch,
    timeout,
  });
  const underWay = connect(
    to,
    (result) => void results.push(result),
    () => false,
  );
  t.after(() => underWay[Symbol.dispose]());
  await until(() => asked.length > 0);
  return {
    asked,
    results,
    server,
    underWay,
    elapse,
    say: (text: string) => void theirs?.write(text, 'latin1'),
    hangUp: () => void theirs?.end(),
    /** The error that it failed with. */
    async failure() {
      await until(() => results.length > 0);
      assert.ok(results[0] instanceof Error);
      return results[0];
    },
  };
}

for (const [to, authority] of [
  [SERVER, 'flags.example:443'],
  [{ ...SERVER, port: 8443 }, 'flags.example:8443'],
  [{ ...SERVER, host: '::1' }, '[::1]:443'],
  [{ ...SERVER, host: '127.0.0.1' }, '127.0.0.1:443'],
] as const) {
  test(`tunnelThrough: asks for ${authority}, with credentials`, async (t) => {
    const { asked } = await dig(t, { to, headers: { 'proxy-authorization': 'Basic x' } });
    assert.deepEqual(asked, [
      `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\nconnection: keep-alive\r\nproxy-authorization: Basic x\r\n\r\n`,
    ]);
  });
}

test('tunnelThrough: speaks TLS with the server after the proxy agreed, however the answer is cut', async (t) => {
  const { asked, say, results } = await dig(t);
  const answer = 'HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\n';
  for (const character of answer.slice(0, -1)) {
    say(character);
    await turn();
  }
  assert.equal(asked.length, 1);
  say(answer.slice(-1));
  await until(() => asked.length > 1);
  // A ClientHello, with the name of the server.
  assert.ok(asked[1]?.startsWith('\x16\x03'));
  assert.ok(asked[1]?.includes(SERVER.host));
  assert.deepEqual(results, []);
});

for (const [answer, status] of [
  ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 407],
  ['HTTP/1.0 403 Forbidden\r\ncontent-length: 3\r\n\r\nno!', 403],
  ['HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n', 302],
] as const) {
  test(`tunnelThrough: an answer of ${status} is a refusal`, async (t) => {
    const { say, failure, server } = await dig(t);
    say(answer);
    const error = await failure();
    assert.ok(error instanceof ProxyError);
    assert.equal(error.status, status);
    await until(() => server.sockets.size === 0);
  });
}

for (const [what, answer] of [
  ['unasked bytes', 'HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01'],
  ['an interim response', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['one behind an interim one', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['what is no response', 'SSH-2.0-x\r\n\r\n'],
  ['what is no head', 'HTTP/1.1 200 OK\r\nbroken\r\n\r\n'],
  ['a head without an end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(16 * 1024)}`],
] as const) {
  test(`tunnelThrough: refuses ${what} as an answer`, async (t) => {
    const { say, failure, server, results } = await dig(t);
    say(answer);
    assert.equal(reasonOf(await failure()), 'protocol');
    await until(() => server.sockets.size === 0);
    assert.equal(results.length, 1);
  });
}

test('tunnelThrough: fails when the proxy hangs up', async (t) => {
  const { say, hangUp, failure } = await dig(t);
  say('HTTP/1.1 200 OK\r\n');
  hangUp();
  const error = await failure();
  assert.ok(error instanceof ConnectionLostError);
  assert.equal(error.message, 'the proxy closed the connection');
});

test('tunnelThrough: the answer of the proxy has a deadline', async (t) => {
  const { elapse, results, server } = await dig(t, { timeout: 3_000 });
  elapse(2_900);
  assert.deepEqual(results, []);
  elapse(200);
  assert.deepEqual(results.map(messageOf), ['no connection within 3 s']);
  assert.equal(reasonOf(results[0]), 'timeout-connect');
  await until(() => server.sockets.size === 0);
});

test('tunnelThrough: reports nothing after disposal', async (t) => {
  for (const isThrough of [false, true]) {
    await t.test(isThrough ? 'after' : 'before', async (t) => {
      const { say, underWay, server, results, asked, elapse } = await dig(t, { timeout: 3_000 });
      if (isThrough) {
        say('HTTP/1.1 200 OK\r\n\r\n');
        await until(() => asked.length > 1);
      }
      underWay[Symbol.dispose]();
      await until(() => server.sockets.size === 0);
      elapse(10_000);
      assert.deepEqual(results, []);
    });
  }
});

test('tunnelThrough: a server without TLS fails it, and closes the connection to the proxy', async (t) => {
  const { say, asked, failure, server, results } = await dig(t);
  say('HTTP/1.1 200 OK\r\n\r\n');
  await until(() => asked.length > 1);
  say('HTTP/1.1 400 Bad Request\r\n\r\n');
  assert.equal(reasonOf(await failure()), 'tls');
  await until(() => server.sockets.size === 0);
  assert.equal(results.length, 1);
});

test('tunnelThrough: fails once when the proxy hangs up as TLS begins', async (t) => {
  const { say, hangUp, asked, failure, server, results } = await dig(t);
  say('HTTP/1.1 200 OK\r\n\r\n');
  await until(() => asked.length > 1);
  hangUp();
  assert.equal(reasonOf(await failure()), 'connection-lost');
  await until(() => server.sockets.size === 0);
  assert.equal(results.length, 1);
});

test('tunnelThrough: passes on the error for an unreachable proxy', async () => {
  const watch = new DeadlineWatch([]);
  const connector = connectorOf(watch);
  const url = new URL('http://127.0.0.1:1');
  const connect = tunnelThrough({
    proxy: { kind: 'http', url, destination: destinationOf(url), headers: {} },
    toProxy: connector,
    toServer: connector,
    watch,
    timeout: 0,
  });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  connect(SERVER, resolve, () => false);
  const error = await promise;
  assert.equal(error instanceof Transport, false);
  assert.equal(reasonOf(error), 'connect');
});
