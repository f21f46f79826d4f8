import assert from 'node:assert/strict';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { Body } from '../support/body.ts';
import { selfSigned } from '../support/certificates.ts';
import { serveSocks } from '../support/socks-server.ts';
import { listen, serveHttp } from '../support/tiny-server.ts';

/** The address that a client says a response came from. */
async function addressOf(client: HttpClient, url: string): Promise<string | undefined> {
  const { head } = await client.get({ url }, new Body(), {});
  return head.address;
}

test('HttpClient: a response says which address it came from, also on a kept connection', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  await using client = new HttpClient({ dns: { resolve: [`h:${server.port}:127.0.0.1`] } });
  for (let request = 0; request < 2; request++) {
    assert.equal(await addressOf(client, `http://h:${server.port}/`), '127.0.0.1');
  }
  assert.equal(server.connections(), 1);
});

test('HttpClient: a response says which address it came from, over TLS and over HTTP/2', async (t) => {
  const identity = await selfSigned();
  const tls = await listen(
    t,
    createTlsServer(identity, (_, response) => response.end('GIF')),
  );
  const http2 = await listen(
    t,
    createSecureServer(identity, (_, response) => response.end('GIF')),
  );
  await using client = new HttpClient({ tls: { ca: identity.cert } }, { http2From: 1 });
  for (const { port } of [tls, http2]) {
    assert.equal(await addressOf(client, `https://127.0.0.1:${port}/`), '127.0.0.1');
  }
});

test('HttpClient: no address where a proxy brings the response', async (t) => {
  const site = await serveHttp(t, (_, response) => response.end('GIF'));
  const proxies = [
    (await serveHttp(t, (_, response) => response.end('GIF'))).url,
    `socks5h://127.0.0.1:${(await serveSocks(t)).port}`,
  ];
  for (const http of proxies) {
    await using client = new HttpClient({ proxy: { http } });
    assert.equal(await addressOf(client, site.url), undefined, http);
  }
});
