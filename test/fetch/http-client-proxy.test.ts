// Slow: waits in real time.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { selfSigned } from '../support/certificates.ts';
import { listen, serveBytes, serveHttp } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';
import { get } from './get.ts';

/** A proxy that forwards and tunnels, and records its requests. */
async function serveProxy(t: TestContext, tunnel = 'HTTP/1.1 200 OK\r\n\r\n') {
  const seen: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  const proxy = createServer((asked, response) => {
    seen.push(asked);
    const onward = request(asked.url ?? '', { headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end()).end();
  });
  proxy.on('connect', (asked: IncomingMessage, socket: Socket) => {
    seen.push(asked);
    const [host, port] = (asked.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write(tunnel);
      if (tunnel.includes(' 200 ')) onward.pipe(socket).pipe(onward);
      else onward.destroy();
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { ...(await listen(t, proxy)), seen };
}

async function serveTls(t: TestContext) {
  const identity = await selfSigned();
  let headers: IncomingMessage['headers'] | undefined;
  const server = createTlsServer(identity, (asked, response) => {
    headers = asked.headers;
    response.end('GIF');
  });
  return { ...(await listen(t, server)), ca: identity.cert, headers: () => headers };
}

const AUTHORIZATION = `Basic ${Buffer.from('ann:s3cret').toString('base64')}`;

test('HttpClient.get: an http: URL through a proxy, which gets credentials that the server does not', async (t) => {
  const proxy = await serveProxy(t);
  let told: unknown = 'nothing';
  const server = await serveHttp(t, (asked, response) => {
    told = asked.headers.host;
    response.end('GIF');
  });
  const http = proxy.url.replace('//', '//ann:s3cret@');
  const { text, head } = await get({ url: `${server.url}/a?b` }, { proxy: { http } });
  assert.deepEqual(
    [text, head.url, told],
    ['GIF', `${server.url}/a?b`, `127.0.0.1:${server.port}`],
  );
  const [asked] = proxy.seen;
  assert.deepEqual([asked?.method, asked?.url], ['GET', `${server.url}/a?b`]);
  assert.equal(asked?.headers['proxy-authorization'], AUTHORIZATION);
});

test('HttpClient.get: an https: URL through a tunnel, in which the proxy sees nothing', async (t) => {
  const proxy = await serveProxy(t);
  const server = await serveTls(t);
  const https = proxy.url.replace('//', '//ann:s3cret@');
  const { text } = await get(
    { url: `${server.url}/a` },
    { proxy: { https }, tls: { ca: server.ca } },
  );
  assert.equal(text, 'GIF');
  assert.deepEqual(
    proxy.seen.map(({ method, url }) => [method, url]),
    [['CONNECT', `127.0.0.1:${server.port}`]],
  );
  assert.equal(proxy.seen[0]?.headers['proxy-authorization'], AUTHORIZATION);
  assert.equal(server.headers()?.['proxy-authorization'], undefined);
  await until(() => proxy.sockets.size === 0);
});

test('HttpClient.get: through a proxy that speaks TLS', async (t) => {
  const plain = await serveProxy(t);
  const identity = await selfSigned();
  const { createServer: createTls } = await import('node:tls');
  const names: unknown[] = [];
  // The proxy prefers HTTP/2, which has no requests for whole URLs.
  const options = { ...identity, ALPNProtocols: ['h2', 'http/1.1'] };
  const front = createTls(options, (socket) => {
    names.push((socket as typeof socket & { servername: unknown }).servername);
    const onward = connect(plain.port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  const { port } = await listen(t, front);
  const server = await serveTls(t);
  const tls = { ca: server.ca + identity.cert };
  const http = await serveHttp(t, (_, response) => response.end('GIF89a'));
  // TLS does not send addresses as names (RFC 6066 section 3); certificates contain them.
  for (const [host, name] of [
    ['localhost', 'localhost'],
    ['127.0.0.1', false],
  ]) {
    const proxy = { http: `https://${host}:${port}`, https: `https://${host}:${port}` };
    assert.equal((await get({ url: `${server.url}/a` }, { proxy, tls })).text, 'GIF');
    assert.equal((await get({ url: http.url }, { proxy, tls })).text, 'GIF89a');
    assert.deepEqual(names.splice(0), [name, name]);
  }
  assert.equal(plain.seen.length, 4);
});

test('HttpClient.get: asks excepted hosts directly', async (t) => {
  const proxy = await serveProxy(t);
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  await get({ url: server.url }, { proxy: { http: proxy.url, except: '127.0.0.1' } });
  assert.deepEqual(proxy.seen, []);
});

for (const status of ['407 Proxy Authentication Required', '502 Bad Gateway']) {
  test(`HttpClient.get: proxy when a tunnel is refused with ${status}`, async (t) => {
    const proxy = await serveProxy(t, `HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`);
    const server = await serveTls(t);
    const failing = get(
      { url: server.url },
      { proxy: { https: proxy.url }, tls: { ca: server.ca } },
    );
    await assert.rejects(failing, {
      name: 'ProxyError',
      reason: 'proxy',
      status: Number.parseInt(status, 10),
      message: `the proxy refused: ${status}`,
    });
  });
}

test('HttpClient.get: proxy when it requires credentials for an http: URL', async (t) => {
  const proxy = await serveHttp(t, (_, response) => response.writeHead(407).end());
  await assert.rejects(get({ url: 'http://h/' }, { proxy: { http: proxy.url } }), {
    name: 'ProxyError',
    status: 407,
  });
});

test('HttpClient.get: connect when there is no proxy', async (t) => {
  const server = await serveTls(t);
  const proxy = { http: 'http://127.0.0.1:1', https: 'http://127.0.0.1:1' };
  for (const url of ['http://h/', server.url]) {
    await assert.rejects(get({ url }, { proxy }), withReason('connect'));
  }
});

test('HttpClient.get: timeout-connect when a proxy does not answer', async (t) => {
  const proxy = await serveBytes(t, () => {});
  const failing = get(
    { url: 'https://h/' },
    { proxy: { https: proxy.url }, deadlines: { connect: 50 } },
  );
  await assert.rejects(failing, (error) => {
    assert.equal(reasonOf(error), 'timeout-connect', String(error));
    return true;
  });
  await until(() => proxy.sockets.size === 0);
});

test('Tunnel: a pending tunnel ends with the client', async (t) => {
  const proxy = await serveBytes(t, () => {});
  const client = new HttpClient({ proxy: { https: proxy.url } });
  const failed = assert.rejects(client.get({ url: 'https://h/' }, new Body(), {}));
  await until(() => proxy.sockets.size === 1);
  await client[Symbol.asyncDispose]();
  await failed;
  await until(() => proxy.sockets.size === 0);
});
