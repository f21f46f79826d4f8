import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { DnsError } from '../../src/model/dns-error.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { a, both, type NameRecords, SILENT, serveNames } from '../support/name-server.ts';
import { serveHttp } from '../support/tiny-server.ts';

/**
 * A client with a name server of this test, and a server on 127.0.0.1 that returns the host of the
 * request.
 */
async function setUp(
  t: TestContext,
  names: Readonly<Record<string, NameRecords>>,
  options: HttpOptions = {},
) {
  const server = await serveHttp(t, (request, response) => response.end(request.headers.host));
  const nameServer = await serveNames(t, names);
  const client = new HttpClient({ dns: { servers: [nameServer.address] }, ...options });
  t.after(() => client[Symbol.asyncDispose]());
  return {
    client,
    server,
    nameServer,
    async get(host: string, path = '/') {
      const body = new Body();
      await client.get({ url: `http://${host}:${server.port}${path}` }, body, {});
      return body.text;
    },
  };
}

test('HttpClient.get: connects to the address that the name server returns', async (t) => {
  const { get, server, nameServer } = await setUp(t, { 'h.example': a('127.0.0.1') });
  for (const path of ['/a', '/b']) {
    assert.equal(await get('h.example', path), `h.example:${server.port}`);
  }
  assert.equal(nameServer.queries.filter((question) => question === 'A h.example').length, 1);
});

for (const [answer, reason, word] of [
  [both({ code: 'NXDOMAIN' }), 'dns-not-found', 'NXDOMAIN'],
  [{}, 'dns-not-found', 'NODATA'],
  [both({ code: 'SERVFAIL' }), 'dns-failed', 'SERVFAIL'],
  [both({ code: 'REFUSED' }), 'dns-failed', 'REFUSED'],
] as const) {
  test(`HttpClient.get: ${reason} for ${word}`, async (t) => {
    const { get } = await setUp(t, { 'h.example': answer });
    await assert.rejects(get('h.example'), (error) => {
      assert.ok(error instanceof DnsError, String(error));
      assert.deepEqual([reasonOf(error), error.host], [reason, 'h.example']);
      assert.ok(error.message.endsWith(`h.example (${word})`), error.message);
      return true;
    });
  });
}

test('HttpClient.get: dns-timeout for an unanswered name, while others go on', async (t) => {
  const names = { 'silent.example': SILENT, 'h.example': a('127.0.0.1') } as const;
  const { get } = await setUp(t, names, { deadlines: { connect: 200 } });
  const silent = assert.rejects(get('silent.example'), (error) => {
    assert.equal(reasonOf(error), 'dns-timeout');
    return true;
  });
  await get('h.example');
  await silent;
});

test('HttpClient.get: an abort ends a request with an unanswered name, and leaves nothing open', async (t) => {
  const { client, server, nameServer } = await setUp(t, { 'silent.example': SILENT });
  const stop = new AbortController();
  const url = `http://silent.example:${server.port}/`;
  const failed = assert.rejects(client.get({ url }, new Body(), { signal: stop.signal }), {
    message: 'stopped',
  });
  await until(() => nameServer.queries.length > 0);
  stop.abort(new Error('stopped'));
  await failed;
});

test('HttpClient.get: dns.resolve overrides a host for the port that it names', async (t) => {
  const { server, nameServer } = await setUp(t, {});
  const client = new HttpClient({
    dns: {
      servers: [nameServer.address],
      resolve: [`h.example:${server.port}:127.0.0.1`, 'other.example:1:127.0.0.1'],
    },
  });
  t.after(() => client[Symbol.asyncDispose]());
  const get = (host: string) =>
    client.get({ url: `http://${host}:${server.port}/` }, new Body(), {});
  await get('h.example');
  assert.deepEqual(nameServer.queries, []);
  await assert.rejects(get('other.example'), { reason: 'dns-not-found' });
});

test('HttpClient.get: dns.resolve overrides the host of a proxy', async (t) => {
  const proxy = await serveHttp(t, (request, response) => response.end(request.url));
  const client = new HttpClient({
    proxy: { http: `http://proxy.example:${proxy.port}` },
    dns: { resolve: [`proxy.example:${proxy.port}:127.0.0.1`] },
  });
  t.after(() => client[Symbol.asyncDispose]());
  const body = new Body();
  await client.get({ url: 'http://h.example/a' }, body, {});
  assert.equal(body.text, 'http://h.example/a');
});

test('HttpClient.get: denyPrivate refuses addresses from dns.resolve and the name server', async (t) => {
  const nameServer = await serveNames(t, { 'asked.example': a('127.0.0.1') });
  const client = new HttpClient({
    denyPrivate: true,
    dns: { servers: [nameServer.address], resolve: ['named.example:80:127.0.0.1'] },
  });
  t.after(() => client[Symbol.asyncDispose]());
  for (const host of ['asked.example', 'named.example']) {
    await assert.rejects(client.get({ url: `http://${host}/` }, new Body(), {}), {
      reason: 'address-refused',
      message: `${host} leads to 127.0.0.1, which is no public address (loopback)`,
    });
  }
});
