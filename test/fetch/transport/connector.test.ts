// Slow: starts processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import type { AddressSource } from '../../../src/fetch/dns/destination-addresses.ts';
import type { AddressListener } from '../../../src/fetch/dns/host-entry.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { Connector } from '../../../src/fetch/transport/connector.ts';
import { DeadlineWatch } from '../../../src/fetch/transport/deadline-watch.ts';
import { secureContextOf, TlsClient } from '../../../src/fetch/transport/tls-client.ts';
import { Transport } from '../../../src/fetch/transport/transport.ts';
import { DnsError } from '../../../src/model/dns-error.ts';
import { messageOf } from '../../../src/model/error-words.ts';
import { AddressError, DeadlineError } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { addressesOf } from '../../support/addresses.ts';
import { Body } from '../../support/body.ts';
import { selfSigned } from '../../support/certificates.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';
import { dnsFailure } from '../../support/dns-failure.ts';
import { listen, serveBytes } from '../../support/tiny-server.ts';

test('Connector: a pending connection ends with the client', async (t) => {
  // Plain bytes where TLS is expected: the handshake never ends.
  const server = await serveBytes(t, () => {});
  const client = new HttpClient({}, { maxConnections: 1 });
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
  const identity = await selfSigned('h', { hosts: 'DNS:h.example' });
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
    (done: (result: Transport | Error) => void) =>
      connector.connect(to(plain.port, false), done, () => false),
    (done: (result: Transport | Error) => void) =>
      connector.connect(to(secure.port, true), done, () => false),
    (done: (result: Transport | Error) => void) =>
      connector.connectWithin(socket, to(secure.port, true), done, () => false),
  ]) {
    const { promise, resolve } = Promise.withResolvers<Transport | Error>();
    begin(resolve);
    const transport = await promise;
    assert.ok(transport instanceof Transport, String(transport));
    t.after(() => transport[Symbol.dispose]());
    const bytes = Promise.withResolvers<string>();
    transport.use({ onBytes: (each) => bytes.resolve(String(each)), onLost: bytes.reject });
    transport.socket.write('GET');
    assert.equal(await bytes.promise, 'GIF');
  }
});

/** An address of this machine where nothing listens. */
const REFUSING = '127.0.0.2';

/** A resolver that answers when the test says so, or before `lookup()` returns. */
function stubAddresses(answer: (listener: AddressListener) => void = () => {}) {
  const listeners: AddressListener[] = [];
  let given = 0;
  const addresses: AddressSource = {
    lookup(_host, _port, listener) {
      listeners.push(listener);
      answer(listener);
      return { [Symbol.dispose]: () => void given++ };
    },
  };
  return { addresses, listeners, givenUp: () => given };
}

interface DialOptions {
  readonly port?: number;
  readonly isSecure?: boolean;
  readonly timeout?: number;
}

function dial(
  t: TestContext,
  addresses: AddressSource,
  { port = 1, isSecure = false, timeout = 0 }: DialOptions = {},
) {
  const clock = deadlineClock(t);
  const watch = new DeadlineWatch([timeout], clock.now);
  const results: (Transport | Error)[] = [];
  const to = { host: 'h.example', port, isSecure };
  const options = { watch, timeout, tls: new TlsClient(undefined, false), addresses };
  let isWithinCall = true;
  const done = (result: Transport | Error) => {
    assert.equal(isWithinCall, false, 'told before the caller has the attempt');
    results.push(result);
  };
  const attempt = new Connector(options).connect(to, done, () => false);
  isWithinCall = false;
  t.after(() => {
    attempt[Symbol.dispose]();
    watch[Symbol.dispose]();
  });
  return { attempt, results, ...clock };
}

test('Connector: connects to a known address at once, and reports it later', async (t) => {
  const server = await serveBytes(t, () => {});
  const { addresses } = stubAddresses((to) => to.onAddresses(['127.0.0.1'], true));
  const { results } = dial(t, addresses, { port: server.port });
  await until(() => results.length > 0);
  const [transport] = results;
  assert.ok(transport instanceof Transport);
  assert.equal(transport.socket.remoteAddress, '127.0.0.1');
});

test('Connector: tries the next address when one refuses', async (t) => {
  const server = await serveBytes(t, () => {});
  const { addresses, listeners } = stubAddresses();
  const { results } = dial(t, addresses, { port: server.port });
  listeners[0]?.onAddresses([REFUSING, '127.0.0.1'], true);
  await until(() => results.length > 0);
  assert.ok(results[0] instanceof Transport);
});

for (const [what, tell, reason, message] of [
  [
    'a name that does not exist',
    (to: AddressListener) => to.onFailure(dnsFailure('ENOTFOUND')),
    'dns-not-found',
    'no such host: h.example (NXDOMAIN)',
  ],
  [
    'name servers that fail',
    (to: AddressListener) => to.onFailure(dnsFailure('ESERVFAIL')),
    'dns-failed',
    'the name servers failed for h.example (SERVFAIL)',
  ],
  [
    'name servers that do not answer',
    (to: AddressListener) => to.onFailure(dnsFailure('ETIMEOUT')),
    'dns-timeout',
    'no answer from the name servers for h.example within 3 s',
  ],
] as const) {
  for (const isAtOnce of [true, false]) {
    test(`Connector: ${what}, ${isAtOnce ? 'at once' : 'later'}, is a DnsError`, async (t) => {
      const { addresses, listeners, givenUp } = stubAddresses(isAtOnce ? tell : undefined);
      const { results, elapse } = dial(t, addresses, { timeout: 3_000 });
      if (!isAtOnce) tell(listeners[0] as AddressListener);
      await until(() => results.length > 0);
      const [error] = results;
      assert.ok(error instanceof DnsError);
      assert.deepEqual([reasonOf(error), error.message], [reason, message]);
      assert.equal(givenUp(), 1);
      elapse(10_000);
      assert.equal(results.length, 1);
    });
  }
}

test('Connector: passes on a refusal of the guard', async (t) => {
  const refusal = new AddressError('h.example', 'private', '10.0.0.1');
  const { addresses } = stubAddresses((to) => to.onFailure(refusal));
  const { results } = dial(t, addresses);
  await until(() => results.length > 0);
  assert.deepEqual(results, [refusal]);
});

test('Connector: reports nothing when it is given up before a failure that was known at once', async (t) => {
  const { addresses } = stubAddresses((to) => to.onFailure(dnsFailure('ENOTFOUND')));
  const { attempt, results } = dial(t, addresses);
  attempt[Symbol.dispose]();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(results, []);
});

test('Connector: a deadline before an address is known is dns-timeout', (t) => {
  const { addresses, givenUp } = stubAddresses();
  const { results, elapse } = dial(t, addresses, { timeout: 3_000 });
  elapse(2_999);
  assert.equal(results.length, 0);
  elapse(101);
  const [error] = results;
  assert.ok(error instanceof DnsError);
  assert.equal(reasonOf(error), 'dns-timeout');
  assert.equal(error.message, 'no answer from the name servers for h.example within 3 s');
  assert.equal(givenUp(), 1);
});

test('Connector: a deadline while it connects is timeout-connect, and closes the sockets', async (t) => {
  // Plain bytes where TLS is expected: the handshake never ends.
  const server = await serveBytes(t, () => {});
  const { addresses } = stubAddresses((to) => to.onAddresses(['127.0.0.1'], false));
  const options = { port: server.port, isSecure: true, timeout: 3_000 };
  const { results, elapse } = dial(t, addresses, options);
  await until(() => server.sockets.size > 0);
  elapse(3_100);
  const [error] = results;
  assert.ok(error instanceof DeadlineError);
  assert.deepEqual(
    [reasonOf(error), error.message],
    ['timeout-connect', 'no connection within 3 s'],
  );
  await until(() => server.sockets.size === 0);
});

test('Connector: has no deadline after it has connected', async (t) => {
  const server = await serveBytes(t, () => {});
  const { addresses } = stubAddresses((to) => to.onAddresses(['127.0.0.1'], true));
  const { results, elapse } = dial(t, addresses, { port: server.port, timeout: 3_000 });
  await until(() => results.length > 0);
  elapse(3_600_000);
  const [transport] = results;
  assert.ok(transport instanceof Transport);
  assert.deepEqual([results.length, transport.socket.destroyed], [1, false]);
});

test('Connector: is one error, with a reason, when all addresses refuse', async (t) => {
  const { addresses } = stubAddresses((to) => to.onAddresses(['127.0.0.2', '127.0.0.3'], true));
  const { results } = dial(t, addresses);
  await until(() => results.length > 0);
  assert.ok(results[0] instanceof AggregateError);
  assert.equal(reasonOf(results[0]), 'connect');
  assert.match(
    messageOf(results[0]),
    /127\.0\.0\.2:1 \(connection refused\), .*127\.0\.0\.3:1 \(connection refused\)/,
  );
});

test('Connector: stops the look-up once it is connected', async (t) => {
  const server = await serveBytes(t, () => {});
  const { addresses, listeners, givenUp } = stubAddresses();
  const { results } = dial(t, addresses, { port: server.port });
  listeners[0]?.onAddresses(['127.0.0.1'], false);
  await until(() => results.length > 0);
  assert.equal(givenUp(), 1);
  listeners[0]?.onAddresses([REFUSING], true);
  assert.equal(results.length, 1);
});

for (const [what, isSecure] of [
  ['while the name is looked up', undefined],
  ['while it connects', false],
  ['in the handshake of TLS', true],
] as const) {
  test(`Connector: disposed of ${what}, it closes everything and reports nothing`, async (t) => {
    const server = await serveBytes(t, () => {});
    const { addresses, listeners, givenUp } = stubAddresses();
    const options = { port: server.port, isSecure: isSecure === true, timeout: 3_000 };
    const { attempt, results, elapse } = dial(t, addresses, options);
    if (isSecure !== undefined) listeners[0]?.onAddresses(['127.0.0.1'], false);
    if (isSecure) await until(() => server.sockets.size > 0);
    attempt[Symbol.dispose]();
    assert.equal(givenUp(), 1);
    listeners[0]?.onAddresses(['127.0.0.1'], true);
    listeners[0]?.onFailure(dnsFailure('ENOTFOUND'));
    elapse(10_000);
    await until(() => server.sockets.size === 0);
    assert.deepEqual(results, []);
  });
}

test('Connector: fails when a server hangs up in the TLS handshake', async (t) => {
  const server = await serveBytes(t, (socket) => socket.destroy());
  const { addresses } = stubAddresses((to) => to.onAddresses(['127.0.0.1'], true));
  const { results } = dial(t, addresses, { port: server.port, isSecure: true });
  await until(() => results.length > 0);
  assert.equal(reasonOf(results[0]), 'connection-lost');
});

test('Connector: a dead first address costs 250 ms, and no more', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const server = await serveBytes(t, () => {});
  const dead = await fullBacklog(t, server.port);
  const { addresses } = stubAddresses((to) => to.onAddresses([dead, '127.0.0.1'], true));
  const since = performance.now();
  const { results } = dial(t, addresses, { port: server.port });
  await until(() => results.length > 0);
  const took = performance.now() - since;
  const [transport] = results;
  assert.ok(transport instanceof Transport);
  assert.equal(transport.socket.remoteAddress, '127.0.0.1');
  assert.ok(took >= 240 && took < 2_000, `${took} ms`);
});

/**
 * An address that neither accepts nor refuses connections: the process that listens there is
 * stopped, and its backlog is full.
 */
async function fullBacklog(t: TestContext, port: number): Promise<string> {
  const host = '127.0.0.77';
  const script = `require('node:net').createServer().listen({ host: '${host}', port: ${port}, backlog: 1 }, () => console.log('listening'))`;
  const child = spawn(process.execPath, ['--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const sockets = Array.from({ length: 4 }, () => connect({ host, port }).on('error', () => {}));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    const end = once(child, 'close');
    child.kill('SIGKILL');
    await end;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  return host;
}
