import assert from 'node:assert/strict';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { Body } from '../../support/body.ts';
import { selfSigned } from '../../support/certificates.ts';
import { listen } from '../../support/tiny-server.ts';

/** `h2` as a protocol of ALPN, in a ClientHello. */
const H2 = Buffer.from('\x02h2');

/** Speaks HTTP/2 alone. Where it was not offered, it chooses no protocol and closes, as nghttpd does. */
async function serveHttp2Only(t: TestContext) {
  const identity = await selfSigned();
  const http2 = createSecureServer(identity, (_request, response) => response.end('over 2'));
  const none = createTlsServer(identity, (socket) => socket.end());
  const ports: number[] = [];
  for (const server of [http2, none]) {
    server.on('clientError', () => {}).on('tlsClientError', () => {});
    ports.push((await listen(t, server)).port);
  }
  const connections = { offering: 0, others: 0 };
  const front = createServer((client) => {
    client.once('data', (hello: Buffer) => {
      const isOffered = hello.includes(H2);
      connections[isOffered ? 'offering' : 'others']++;
      const server = connect(ports[isOffered ? 0 : 1] as number, '127.0.0.1');
      for (const socket of [client, server]) socket.on('error', () => socket.destroy());
      server.write(hello);
      client.pipe(server).pipe(client);
    });
  });
  front.listen(0, '127.0.0.1');
  t.after(() => front.close());
  await new Promise((resolve) => front.once('listening', resolve));
  const { port } = front.address() as AddressInfo;
  return { identity, connections, url: `https://127.0.0.1:${port}/` };
}

for (const requests of [1, 2, 8]) {
  test(`OriginPool: a server of HTTP/2 alone that closes others without a word loses none of ${requests} requests`, async (t) => {
    const { identity, connections, url } = await serveHttp2Only(t);
    await using client = new HttpClient({ tls: { ca: identity.cert } }, { maxConnections: 6 });
    const bodies = await Promise.all(
      Array.from({ length: requests }, async (_, n) => {
        const body = new Body();
        await client.get({ url: `${url}${n}` }, body, { signal: new AbortController().signal });
        return body.text;
      }),
    );
    assert.deepEqual(bodies, Array(requests).fill('over 2'));
    assert.equal(connections.offering, 1);
  });
}
