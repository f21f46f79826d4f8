import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { messageOf } from '../../src/model/error-words.ts';
import { reasonOf } from '../../src/model/reason.ts';
import type { BodyWriter } from '../../src/model/response.ts';
import { listenOnLoopback } from '../../src/server/loopback.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { serveBytes, serveHttp } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';
import { get, getInto } from './get.ts';

/** Sends a request to a server that sends just these bytes, and then acts as told. */
async function getBytes(
  t: TestContext,
  bytes: string,
  afterwards: (socket: Socket) => void,
): Promise<{ httpStatus: number; bytes: number; text: string }> {
  const server = await serveBytes(t, (socket) => {
    socket.write(bytes, () => afterwards(socket));
  });
  const { head, bytes: length, text } = await get({ url: `${server.url}/a` });
  return { httpStatus: head.httpStatus, bytes: length, text };
}

/** A port that was free a moment ago, on both addresses of `localhost`. */
async function closedPort(): Promise<number> {
  const { port, close } = await listenOnLoopback(() => {}, 0);
  await close();
  return port;
}

const end = (socket: Socket) => socket.end();

const reset = (socket: Socket) => socket.resetAndDestroy();

const wait = () => {};

test('HttpClient.get: passes the body on, and returns its status and length', async (t) => {
  const { url } = await serveHttp(t, (_, response) => response.end('GIF89a'));
  const { head, bytes, body } = await get({ url: `${url}/a.gif` });
  assert.deepEqual([head.httpStatus, head.url, bytes], [200, `${url}/a.gif`, 6]);
  assert.deepEqual(body.head, head);
  assert.equal(body.text, 'GIF89a');
});

test('HttpClient.get: asks for the path and the query, without the fragment', async (t) => {
  let asked: unknown;
  const { url } = await serveHttp(t, (request, response) => {
    asked = `${request.method} ${request.url}`;
    response.end();
  });
  await get({ url: `${url}/a%20b/é?q=1&r=%2F#part` });
  assert.equal(asked, 'GET /a%20b/%C3%A9?q=1&r=%2F');
});

test('HttpClient.get: sends the headers of the client, the run and the row', async (t) => {
  let headers: IncomingHttpHeaders = {};
  const { url } = await serveHttp(t, (request, response) => {
    headers = request.headers;
    response.end();
  });
  await using client = new HttpClient({
    userAgent: 'flaghoist/1.2.3',
    headers: { 'X-Run': 'run', 'X-Both': 'run' },
    auth: { type: 'bearer', token: 't0k' },
  });
  await client.get({ url, headers: { 'x-both': 'row', Accept: 'image/gif' } }, new Body(), {});
  assert.deepEqual(
    ['user-agent', 'x-run', 'x-both', 'accept', 'authorization', 'accept-encoding'].map(
      (name) => headers[name],
    ),
    ['flaghoist/1.2.3', 'run', 'row', 'image/gif', 'Bearer t0k', undefined],
  );
});

test('HttpClient.get: bad-row for a header that cannot be sent, before sending anything', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end());
  await using client = new HttpClient();
  const headers = { 'X-Own': 'a\r\nInjected: b' };
  await assert.rejects(client.get({ url: server.url, headers }, new Body(), {}), (error) => {
    assert.equal(reasonOf(error), 'bad-row');
    return true;
  });
  assert.equal(server.sockets.size, 0);
});

test('HttpClient.get: fails with what begin() throws', async (t) => {
  const server = await serveHttp(t, (_, response) => response.write('GIF'));
  await using client = new HttpClient();
  const body: BodyWriter = {
    begin() {
      throw new RangeError('no place for it');
    },
    write: () => undefined,
  };
  await assert.rejects(client.get({ url: server.url }, body, {}), { message: 'no place for it' });
  await until(() => server.sockets.size === 0);
});

test('HttpClient.get: sends one request after the other on one connection', async (t) => {
  const server = await serveHttp(t, (request, response) => {
    response.statusCode = request.url === '/404' ? 404 : 200;
    response.end('GIF');
  });
  await using client = new HttpClient({}, { maxConnections: 1 });
  await client.get({ url: `${server.url}/1` }, new Body(), {});
  const [socket] = server.sockets;
  await assert.rejects(client.get({ url: `${server.url}/404` }, new Body(), {}), { status: 404 });
  await client.get({ url: `${server.url}/2` }, new Body(), {});
  assert.deepEqual([...server.sockets], [socket]);
});

test('HttpClient.get: accepts bodies of unknown length', async (t) => {
  const chunked = await getBytes(
    t,
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n3\r\n89a\r\n0\r\n\r\n',
    wait,
  );
  assert.deepEqual(chunked, { httpStatus: 200, bytes: 6, text: 'GIF89a' });
  const toTheEnd = await getBytes(t, 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nGIF89a', end);
  assert.deepEqual(toTheEnd, chunked);
});

test('HttpClient.get: skips an interim response', async (t) => {
  const { text } = await getBytes(
    t,
    'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nGIF',
    wait,
  );
  assert.equal(text, 'GIF');
});

test('HttpClient.get: takes nothing beyond the announced length', async (t) => {
  const { bytes, text } = await getBytes(
    t,
    'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nGIF and more',
    wait,
  );
  assert.deepEqual([bytes, text], [3, 'GIF']);
});

for (const status of [204, 300, 304, 403, 404, 410, 416, 500, 503]) {
  test(`HttpClient.get: ${status} is an HttpStatusError with the server’s reason`, async (t) => {
    const { url } = await serveHttp(t, (_, response) => {
      response.writeHead(status, 'As RecordingHandler', { location: '/elsewhere' }).end();
    });
    const body = new Body();
    await assert.rejects(getInto(body, { url }), {
      name: 'HttpStatusError',
      status,
      message: `${status} As RecordingHandler`,
    });
    assert.equal(body.text, '');
  });
}

test('HttpClient.get: gives up an endless error page, with its connection', async (t) => {
  const server = await serveHttp(t, (_, response) => {
    response.writeHead(500);
    const more = () => {
      while (response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  await using client = new HttpClient({}, { maxConnections: 1 });
  await assert.rejects(client.get({ url: server.url }, new Body(), {}), { status: 500 });
  await until(() => server.sockets.size === 0);
});

const HEAD = 'HTTP/1.1 200 OK\r\n';

for (const [what, bytes, afterwards, reason] of [
  ['ends before its announced length', `${HEAD}content-length: 9\r\n\r\nGIF`, end, 'truncated'],
  ['is reset before its length', `${HEAD}content-length: 9\r\n\r\nGIF`, reset, 'truncated'],
  [
    'is reset before its length, on a connection that was to be closed',
    `${HEAD}connection: close\r\ncontent-length: 9\r\n\r\nGIF`,
    reset,
    'truncated',
  ],
  ['ends amid its chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n9\r\nGIF`, end, 'truncated'],
  [
    'ends before the last chunk',
    `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n`,
    end,
    'truncated',
  ],
  ['ends before the response', '', end, 'connection-lost'],
  ['is reset before the response', '', reset, 'connection-lost'],
  ['ends amid the head', `${HEAD}content-le`, end, 'connection-lost'],
  ['is not HTTP', '220 mail.example.com ESMTP\r\n', wait, 'protocol'],
  ['is an HTTP of its own', 'HTTP/9.9 200 OK\r\n\r\n', end, 'protocol'],
  [
    'has chunks that are none',
    `${HEAD}transfer-encoding: chunked\r\n\r\nxyz\r\n`,
    wait,
    'protocol',
  ],
  ['has a length that is no number', `${HEAD}content-length: many\r\n\r\n`, wait, 'protocol'],
  ['has a head without end', `${HEAD}x: ${'x'.repeat(300_000)}`, wait, 'protocol'],
] as const) {
  test(`HttpClient.get: ${reason} when the response ${what}`, async (t) => {
    const failing = getBytes(t, bytes, afterwards);
    await assert.rejects(failing, (error) => {
      assert.equal(reasonOf(error), reason, String(error));
      return true;
    });
  });
}

test('HttpClient.get: accepts a body in tiny pieces', async (t) => {
  const { url } = await serveHttp(t, (_, response) => {
    let left = 20;
    const next = () => {
      if (left-- === 0) response.end();
      else response.write('x', () => setImmediate(next));
    };
    next();
  });
  assert.equal((await get({ url })).bytes, 20);
});

test('HttpClient.get: connect when no server listens', async () => {
  const port = await closedPort();
  await assert.rejects(get({ url: `http://127.0.0.1:${port}/` }), withReason('connect'));
});

test('HttpClient.get: connect when no server listens on any address of a name', async () => {
  const port = await closedPort();
  await assert.rejects(get({ url: `http://localhost:${port}/` }), (error) => {
    assert.equal(reasonOf(error), 'connect');
    assert.match(messageOf(error), /nothing listens at 127\.0\.0\.1:\d+/);
    return true;
  });
});

test('HttpClient.get: dns-not-found when the name does not exist', async () => {
  await assert.rejects(get({ url: 'http://flaghoist.invalid/' }), withReason('dns-not-found'));
});

test('HttpClient.get: tls when the other side does not speak it', async (t) => {
  const { port } = await serveBytes(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await assert.rejects(get({ url: `https://127.0.0.1:${port}/` }), withReason('tls'));
});

for (const url of ['', '/a', 'no url', 'http://', 'http://h:99999/', 'ftp://h/a', 'mailto:a@h']) {
  test(`HttpClient.get: bad-url for ${JSON.stringify(url)}, without a listener left`, async () => {
    const { signal } = new AbortController();
    await using client = new HttpClient({}, { maxConnections: 1 });
    const failing = async () => await client.get({ url }, new Body(), { signal });
    await assert.rejects(failing, (error) => {
      assert.equal(reasonOf(error), 'bad-url', String(error));
      return true;
    });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
}

test('HttpClient: opens as many connections to a server as allowed', async (t) => {
  const waiting: (() => void)[] = [];
  const server = await serveHttp(t, (_, response) => waiting.push(() => response.end('GIF')));
  await using client = new HttpClient({}, { maxConnections: 3 });
  const all = Array.from({ length: 10 }, () => client.get({ url: server.url }, new Body(), {}));
  for (let answered = 0; answered < 10; ) {
    await until(() => waiting.length === Math.min(3, 10 - answered));
    assert.ok(server.sockets.size <= 3);
    for (const answer of waiting.splice(0)) {
      answered++;
      answer();
    }
  }
  await Promise.all(all);
});
