import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { secureContextOf } from '../../../src/fetch/connections/tls-client.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { until } from '../../server/ask.ts';
import { Body } from '../../support/body.ts';
import { selfSigned } from '../../support/certificates.ts';
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

test('secureContextOf: what is wrong with a key is said without the key and its passphrase', async (t) => {
  const { cert, key } = await selfSigned(t);
  const encryption = { cipher: 'aes-256-cbc', passphrase: 'right' } as const;
  const locked = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', ...encryption });
  const passphrase = 's3cr3t-w0rd';
  for (const wrong of [String(locked), key.replace(/\n.{8}/, '\n????????')]) {
    assert.throws(
      () => secureContextOf({ cert, key: wrong, passphrase }),
      (error) => {
        const lines = wrong.split('\n').filter((line) => /^[\w+/=]{16,}$/.test(line));
        for (const secret of [passphrase, ...lines]) assert.ok(!String(error).includes(secret));
        return true;
      },
    );
  }
});
