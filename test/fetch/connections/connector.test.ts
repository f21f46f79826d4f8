import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { until } from '../../server/ask.ts';
import { Body } from '../../support/body.ts';
import { serveBytes } from '../../support/tiny-server.ts';

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
