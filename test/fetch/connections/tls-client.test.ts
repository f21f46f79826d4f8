import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import { secureContextOf, TlsClient } from '../../../src/fetch/connections/tls-client.ts';
import { selfSigned } from '../../support/certificates.ts';

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

/** Connects to a server whose certificate names `hosts`, as if it were `host`. */
async function handshake(t: TestContext, hosts: string, host: string): Promise<string> {
  const identity = await selfSigned(t, 'subject.example', { hosts });
  const server = createServer(identity, (socket) => socket.on('error', () => {}));
  t.after(() => server.close());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new TlsClient(secureContextOf({ ca: identity.cert }), false);
  const socket = client.connect({ host: '127.0.0.1', port }, { host, port, isSecure: true }, false);
  t.after(() => socket.destroy());
  return new Promise((resolve) => {
    socket.once('secureConnect', () => resolve('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

for (const [hosts, host, expected] of [
  ['DNS:h.example', 'h.example', 'connected'],
  ['DNS:h.example', 'H.EXAMPLE.', 'connected'],
  ['DNS:*.web.example,DNS:other', 'h.web.example', 'connected'],
  ['DNS:*.web.example', 'a.h.web.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['DNS:h.example', 'subject.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['DNS:127.0.0.1', '127.0.0.1', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['DNS:h.example,IP:127.0.0.1', '127.0.0.1', 'connected'],
  ['IP:127.0.0.1', '127.0.0.1', 'connected'],
  ['IP:127.0.0.1', 'h.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['IP:127.0.0.1', 'subject.example', 'connected'],
] as const) {
  test(`TlsClient: ${host} with a certificate for ${hosts}: ${expected}`, async (t) => {
    assert.equal(await handshake(t, hosts, host), expected);
  });
}
