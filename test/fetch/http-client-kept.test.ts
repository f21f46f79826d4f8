// Slow: starts threads.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { Body } from '../support/body.ts';
import { selfSigned } from '../support/certificates.ts';
import { serveHttp2 } from '../support/open-http2.ts';
import { withReason } from '../support/with-reason.ts';

const WHOLE = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nGIF';

/** What a server does with its requests: by connection, then by request on it. */
type Script = ReadonlyArray<ReadonlyArray<(socket: Socket) => void>>;

async function serve(t: TestContext, script: Script) {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const steps = script[connections++] ?? [];
    let n = 0;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      requests.push(String(data).split(' ')[1] ?? '');
      steps[n++]?.(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const answer = (socket: Socket) => socket.write(WHOLE);
const reset = (socket: Socket) => socket.resetAndDestroy();
const hangUp = (socket: Socket) => socket.end();
const half = (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncont');

for (const [what, leave] of [
  ['reset', reset],
  ['closed', hangUp],
] as const) {
  test(`HttpClient.get: a kept connection that was ${what} meanwhile is not a failure`, async (t) => {
    const { url, requests } = await serve(t, [[answer, leave], [answer]]);
    await using client = new HttpClient({}, { maxConnections: 1 });
    await client.get({ url: `${url}/1` }, new Body(), {});
    const body = new Body();
    await client.get({ url: `${url}/2` }, body, {});
    assert.equal(body.text, 'GIF');
    assert.deepEqual(requests, ['/1', '/2', '/2']);
  });

  test(`HttpClient.get: a new connection that is ${what} is a failure`, async (t) => {
    const { url, requests } = await serve(t, [[leave], [answer]]);
    await using client = new HttpClient({}, { maxConnections: 1 });
    await assert.rejects(client.get({ url: `${url}/1` }, new Body(), {}), (error) => {
      assert.equal(reasonOf(error), 'connection-lost');
      return true;
    });
    assert.deepEqual(requests, ['/1']);
  });

  test(`HttpClient.get: fails when the second attempt is ${what} again`, async (t) => {
    const { url, requests } = await serve(t, [[answer, leave], [leave], [answer]]);
    await using client = new HttpClient({}, { maxConnections: 1 });
    await client.get({ url: `${url}/1` }, new Body(), {});
    await assert.rejects(client.get({ url: `${url}/2` }, new Body(), {}), (error) => {
      assert.equal(reasonOf(error), 'connection-lost');
      return true;
    });
    assert.deepEqual(requests, ['/1', '/2', '/2']);
  });
}

/**
 * Answers the first request of each connection. It runs in a thread, so that it acts on its own.
 */
const ONE_EACH = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(${JSON.stringify(WHOLE)});
      socket.once('data', () => socket.destroy());
    });
  }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

test('HttpClient.get: resending avoids all kept connections', async (t) => {
  const server = new Worker(ONE_EACH, { eval: true, execArgv: [] });
  t.after(() => server.terminate());
  const [port] = await once(server, 'message');
  for (let run = 0; run < 40; run++) {
    await using client = new HttpClient({}, { maxConnections: 2 });
    let row = 0;
    const worker = async () => {
      while (row < 12)
        await client.get({ url: `http://127.0.0.1:${port}/${row++}` }, new Body(), {});
    };
    await Promise.all([worker(), worker()]);
  }
});

test('HttpClient.get: does not resend once a part of a response has come', async (t) => {
  const { url, requests } = await serve(t, [[answer, half], [answer]]);
  await using client = new HttpClient({}, { maxConnections: 1 });
  await client.get({ url: `${url}/1` }, new Body(), {});
  await assert.rejects(client.get({ url: `${url}/2` }, new Body(), {}));
  assert.deepEqual(requests, ['/1', '/2']);
});

test('HttpClient.get: does not take unasked data on a kept connection for the response', async (t) => {
  const nonsense = (socket: Socket) => socket.write('left over');
  const { url, requests } = await serve(t, [[answer, nonsense], [answer]]);
  await using client = new HttpClient({}, { maxConnections: 1 });
  await client.get({ url: `${url}/1` }, new Body(), {});
  const body = new Body();
  await client.get({ url: `${url}/2` }, body, {});
  assert.deepEqual([body.text, requests], ['GIF', ['/1', '/2', '/2']]);
});

test('HttpClient.get: invalid data on a new connection is the response, and not resent', async (t) => {
  const nonsense = (socket: Socket) => socket.write('left over');
  const { url, requests } = await serve(t, [[nonsense], [answer]]);
  await using client = new HttpClient({}, { maxConnections: 1 });
  await assert.rejects(client.get({ url: `${url}/1` }, new Body(), {}), withReason('protocol'));
  assert.deepEqual(requests, ['/1']);
});

test('HttpClient.get: resends what a server of HTTP/2 refused to process', async (t) => {
  const identity = await selfSigned();
  const streams: ServerHttp2Stream[] = [];
  const port = await serveHttp2(t, identity, (stream) => {
    streams.push(stream);
    if (streams.length === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
    else stream.end('GIF');
  });
  await using client = new HttpClient({ tls: { ca: identity.cert } });
  const body = new Body();
  await client.get({ url: `https://127.0.0.1:${port}/` }, body, {});
  assert.deepEqual([body.text, streams.length], ['GIF', 2]);
});
