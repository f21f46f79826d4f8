// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { listen, serveHttp, type TinyServer } from '../support/tiny-server.ts';
import type { Visited } from '../support/visit-hosts.ts';
import { withReason } from '../support/with-reason.ts';

const VISITOR = fileURLToPath(new URL('../support/visit-hosts.ts', import.meta.url));

/** Only on Linux are all of 127.0.0.0/8 addresses of this machine. */
const skip = process.platform !== 'linux';

/** A server on all addresses of this machine, which keeps connections for long. */
function serveAllHosts(t: TestContext): Promise<TinyServer> {
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    response.writeHead(200, { 'keep-alive': 'timeout=600' }).end('GIF');
  });
  return listen(t, server, { host: '0.0.0.0', port: 0 });
}

/** @param files how many open files the process may have */
async function visit(
  files: number,
  port: number,
  [hosts, atOnce]: readonly [number, number],
  options: HttpOptions,
): Promise<Visited> {
  const args = [VISITOR, port, hosts, atOnce, JSON.stringify(options)].map(String);
  const limited = `ulimit -n ${files}; exec "$0" "$@"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, ...args]);
  return JSON.parse(stdout);
}

test('HttpClient: visits hundreds of hosts with few connections', { skip }, async (t) => {
  const { port, mostConnections } = await serveAllHosts(t);
  const visited = await visit(1_024, port, [600, 40], { maxOpenConnections: 50 });
  assert.deepEqual(visited, { ok: 600, failed: {} });
  // The server notices a closed connection after the one that takes its place.
  assert.ok(mostConnections() <= 150, `${mostConnections()} connections`);
});

test('HttpClient: more concurrent requests than connections wait for each other', {
  skip,
}, async (t) => {
  const { port } = await serveAllHosts(t);
  const visited = await visit(1_024, port, [150, 64], { maxOpenConnections: 3 });
  assert.deepEqual(visited, { ok: 150, failed: {} });
});

test('HttpClient: loses no host when the process runs out of files', { skip }, async (t) => {
  const { port } = await serveAllHosts(t);
  const visited = await visit(64, port, [300, 100], {});
  assert.deepEqual(visited, { ok: 300, failed: {} });
});

test('HttpClient.open: connects to where the request goes, which takes that connection', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  await using client = new HttpClient();
  await client.open(`${server.url}/a`, { expected: () => 1 });
  assert.equal(server.connections(), 1);
  assert.equal(client.open(`${server.url}/b`, { expected: () => 1 }), undefined);
  const body = new Body();
  await client.get({ url: `${server.url}/a` }, body, {});
  assert.deepEqual([body.text, server.connections()], ['GIF', 1]);
});

test('HttpClient.open: connects to the proxy of the URL', async (t) => {
  const proxy = await serveHttp(t, (_, response) => response.end('GIF'));
  await using client = new HttpClient({ proxy: { http: proxy.url } });
  await client.open('http://flags.example/', { expected: () => 1 });
  assert.equal(proxy.connections(), 1);
});

test('HttpClient.open: refuses private addresses like a request', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  await using client = new HttpClient({ denyPrivate: true });
  for (const host of ['127.0.0.1', 'localhost']) {
    await assert.rejects(
      async () => await client.open(`http://${host}:${server.port}/`, { expected: () => 1 }),
      withReason('address-refused'),
    );
  }
  assert.equal(server.connections(), 0);
});

test('HttpClient.open: rejects an invalid URL and another scheme', async () => {
  await using client = new HttpClient();
  for (const [url, reason] of [
    ['http://', 'bad-url'],
    ['ftp://flags.example/', 'bad-url'],
  ] as const) {
    await assert.rejects(
      async () => await client.open(url, { expected: () => 1 }),
      (error) => reasonOf(error) === reason,
    );
  }
});

test('HttpClient.release: closes the idle connections of an origin, and of no other', async (t) => {
  const [one, two] = [
    await serveHttp(t, (_, response) => response.end('GIF')),
    await serveHttp(t, (_, response) => response.end('GIF')),
  ];
  await using client = new HttpClient();
  for (const { url } of [one, two]) await client.get({ url }, new Body(), {});
  client.release(one.url);
  client.release('http://never.example');
  await until(() => one.sockets.size === 0);
  assert.equal(two.sockets.size, 1);
  // As if it had never been there.
  await client.open(one.url, { expected: () => 1 });
  assert.equal(one.connections(), 2);
});

test('HttpClient: an origin without connections is remembered as reachable', async (t) => {
  const server = await serveHttp(t, (_, response) => {
    response.writeHead(200, { connection: 'close' }).end('GIF');
  });
  await using client = new HttpClient();
  await client.get({ url: server.url }, new Body(), {});
  await until(() => server.sockets.size === 0);
  assert.equal(client.open(server.url, { expected: () => 1 }), undefined);
});
