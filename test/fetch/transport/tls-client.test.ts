// Slow: waits in real time.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import tls, { createServer } from 'node:tls';
import { secureContextOf, TlsClient } from '../../../src/fetch/transport/tls-client.ts';
import { type Identity, selfSigned } from '../../support/certificates.ts';
import { listen } from '../../support/tiny-server.ts';

/** A server that records the name in each ClientHello, and the protocols offered there. */
async function serveTls(t: TestContext, identity: Identity) {
  const names: (string | false)[] = [];
  const offers: string[][] = [];
  const server = createServer(
    {
      ...identity,
      ALPNCallback({ servername, protocols }) {
        names.push(servername);
        offers.push(protocols);
        return protocols[0];
      },
    },
    (socket) => {
      socket.on('error', () => {});
      socket.end('GIF');
    },
  );
  server.on('tlsClientError', () => {});
  return { ...(await listen(t, server)), names, offers };
}

interface Over {
  readonly host?: string;
  readonly offersHttp2?: boolean;
  /** Within a connection that already leads to the server. */
  readonly isWithin?: boolean;
}

/** Connects to 127.0.0.1, reads to the end, and closes. @returns whether a session was resumed */
async function connectTo(
  t: TestContext,
  client: TlsClient,
  port: number,
  { host = 'h.example', offersHttp2 = false, isWithin = false }: Over = {},
): Promise<boolean> {
  const over = isWithin ? { socket: await connected(t, port) } : { host: '127.0.0.1', port };
  const socket = client.connect(over, { host, port, isSecure: true }, offersHttp2);
  t.after(() => socket.destroy());
  const failed = Promise.withResolvers<never>();
  socket.on('error', failed.reject);
  await Promise.race([once(socket.resume(), 'end'), failed.promise]);
  return socket.isSessionReused();
}

async function connected(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const clientOf = ({ cert }: Identity, allowH2 = false) =>
  new TlsClient(secureContextOf({ ca: cert }), allowH2);

const MISMATCH = { code: 'ERR_TLS_CERT_ALTNAME_INVALID' };

test('TlsClient: makes one secure context for all connections', async (t) => {
  const made = t.mock.method(tls, 'createSecureContext');
  const options: unknown[] = [];
  t.mock.method(tls, 'connect', (each: { secureContext: unknown }) => {
    options.push(each.secureContext);
    return new EventEmitter();
  });
  const clients = [new TlsClient(undefined, true), new TlsClient(undefined, false)];
  for (const client of clients) {
    for (const host of ['a.example', 'b.example']) {
      client.connect({ host: '127.0.0.1', port: 1 }, { host, port: 1, isSecure: true }, false);
    }
  }
  assert.ok(made.mock.callCount() <= 1, 'none when another test had it made');
  assert.deepEqual([options.length, new Set(options).size], [4, 1]);
  assert.ok(options[0]);
});

for (const [host, name] of [
  ['h.example', 'h.example'],
  ['h.example.', 'h.example'],
  ['127.0.0.1', false],
  ['::1', false],
] as const) {
  test(`TlsClient: sends the name of ${host} ${name ? `as ${name}` : 'not at all'}`, async (t) => {
    const hosts = 'DNS:h.example,IP:127.0.0.1,IP:::1';
    const identity = await selfSigned('h.example', { hosts });
    const { port, names } = await serveTls(t, identity);
    await connectTo(t, clientOf(identity), port, { host });
    // Node reports '' or false for a ClientHello without a name.
    assert.deepEqual(
      names.map((each) => each || false),
      [name],
    );
  });
}

for (const isWithin of [false, true]) {
  const how = isWithin ? 'within a tunnel' : 'by its address';
  test(`TlsClient: checks a certificate for the name, though connected ${how}`, async (t) => {
    const identity = await selfSigned('h', { hosts: 'DNS:h.example' });
    const { port } = await serveTls(t, identity);
    const client = clientOf(identity);
    await connectTo(t, client, port, { host: 'h.example', isWithin });
    await connectTo(t, client, port, { host: 'h.example.', isWithin });
    await assert.rejects(connectTo(t, client, port, { host: 'other.example', isWithin }), MISMATCH);
    await assert.rejects(connectTo(t, client, port, { host: '127.0.0.1', isWithin }), MISMATCH);
  });

  test(`TlsClient: checks a certificate for the address of the URL, though connected ${how}`, async (t) => {
    const identity = await selfSigned('h', { hosts: 'IP:192.0.2.1,DNS:localhost' });
    const { port } = await serveTls(t, identity);
    const client = clientOf(identity);
    // As with `--resolve 192.0.2.1:443:127.0.0.1`, or through a proxy.
    await connectTo(t, client, port, { host: '192.0.2.1', isWithin });
    await assert.rejects(connectTo(t, client, port, { host: '192.0.2.2', isWithin }), MISMATCH);
    await assert.rejects(connectTo(t, client, port, { host: '127.0.0.1', isWithin }), MISMATCH);
  });
}

for (const [allowH2, offersHttp2, expected] of [
  [true, true, ['h2', 'http/1.1']],
  [true, false, ['http/1.1']],
  [false, true, ['http/1.1']],
] as const) {
  test(`TlsClient: offers ${expected.join(' and ')} when HTTP/2 is ${allowH2 ? '' : 'not '}allowed and ${offersHttp2 ? '' : 'not '}asked for`, async (t) => {
    const identity = await selfSigned('h', { hosts: 'DNS:h.example' });
    const { port, offers } = await serveTls(t, identity);
    await connectTo(t, clientOf(identity, allowH2), port, { offersHttp2 });
    assert.deepEqual(offers, [expected]);
  });
}

test('TlsClient: the third connection to a server resumes the session of the second', async (t) => {
  const hosts = 'DNS:h.example,DNS:other.example';
  const identity = await selfSigned('h', { hosts });
  const { port } = await serveTls(t, identity);
  const client = clientOf(identity);
  const isResumed = () => connectTo(t, client, port);
  assert.deepEqual([await isResumed(), await isResumed(), await isResumed()], [false, false, true]);
  assert.equal(await connectTo(t, client, port, { host: 'other.example' }), false);
  assert.equal(await connectTo(t, clientOf(identity), port), false, 'another client knows nothing');
});

test('TlsClient: keeps the sessions of the thousand servers used last', (t) => {
  const sockets: EventEmitter[] = [];
  const sessions: unknown[] = [];
  t.mock.method(tls, 'connect', (options: { session?: Buffer }) => {
    sessions.push(options.session?.toString());
    const socket = new EventEmitter();
    sockets.push(socket);
    return socket;
  });
  const client = new TlsClient(undefined, false);
  const meet = (n: number) => {
    client.connect({}, { host: `h${n}.example`, port: 443, isSecure: true }, false);
    sockets.at(-1)?.emit('session', Buffer.from(`session ${n}`));
    return sessions.at(-1);
  };
  for (let n = 0; n < 1_001; n++) {
    meet(n);
    meet(n);
    if (n > 0) assert.equal(meet(0), 'session 0', 'it is used all the time');
  }
  assert.equal(meet(1), undefined, 'it was used least recently');
  assert.equal(meet(1_000), 'session 1000');
});

test('secureContextOf: describes a wrong key without the key and its passphrase', async () => {
  const { cert, key } = await selfSigned();
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

test('secureContextOf: refuses an authority that is not a certificate', () => {
  assert.throws(() => secureContextOf({ ca: 'nonsense' }), {
    name: 'TypeError',
    message: 'no certificate found',
  });
});
