import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { Connector } from '../../../src/fetch/connections/connector.ts';
import { DeadlineWatch } from '../../../src/fetch/connections/deadline-watch.ts';
import { Link } from '../../../src/fetch/connections/link.ts';
import { secureContextOf, TlsClient } from '../../../src/fetch/connections/tls-client.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { until } from '../../server/ask.ts';
import { addressesOf } from '../../support/addresses.ts';
import { Body } from '../../support/body.ts';
import { selfSigned } from '../../support/certificates.ts';
import { listen, serveBytes } from '../../support/tiny-server.ts';

test('Connector: a connection that is still being made ends with the client', async (t) => {
  // Plain bytes where TLS is expected: the handshake never comes to its end.
  const server = await serveBytes(t, () => {});
  const client = new HttpClient({ maxConnections: 1 });
  const stop = new AbortController();
  const received = client.get({ url: `https://127.0.0.1:${server.port}/` }, new Body(), {
    signal: stop.signal,
  });
  const failed = assert.rejects(received);
  await until(() => server.sockets.size === 1);
  stop.abort();
  await failed;
  await client[Symbol.asyncDispose]();
  await until(() => server.sockets.size === 0);
});

test('Connector: connects over TCP, over TLS, and over TLS within a connection', async (t) => {
  const identity = await selfSigned(t, 'h', { hosts: 'DNS:h.example' });
  const plain = await serveBytes(t, (socket) => socket.write('GIF'));
  const secure = await listen(
    t,
    createServer(identity, (socket) => socket.on('data', () => socket.write('GIF'))),
  );
  const watch = new DeadlineWatch([]);
  const connector = new Connector({
    watch,
    timeout: 0,
    tls: new TlsClient(secureContextOf({ ca: identity.cert }), false),
    addresses: addressesOf('127.0.0.1'),
  });
  const socket = connect(secure.port, '127.0.0.1');
  await once(socket, 'connect');
  const to = (port: number, isSecure: boolean) => ({ host: 'h.example', port, isSecure });
  for (const begin of [
    (done: (result: Link | Error) => void) =>
      connector.connect(to(plain.port, false), done, () => false),
    (done: (result: Link | Error) => void) =>
      connector.connect(to(secure.port, true), done, () => false),
    (done: (result: Link | Error) => void) =>
      connector.connectWithin(socket, to(secure.port, true), done, () => false),
  ]) {
    const { promise, resolve } = Promise.withResolvers<Link | Error>();
    begin(resolve);
    const link = await promise;
    assert.ok(link instanceof Link, String(link));
    t.after(() => link[Symbol.dispose]());
    const bytes = Promise.withResolvers<string>();
    link.use({ onBytes: (each) => bytes.resolve(String(each)), onLost: bytes.reject });
    link.socket.write('GET');
    assert.equal(await bytes.promise, 'GIF');
  }
});
