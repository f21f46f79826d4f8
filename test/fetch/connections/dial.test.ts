import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { DeadlineWatch } from '../../../src/fetch/connections/deadline-watch.ts';
import { Dial } from '../../../src/fetch/connections/dial.ts';
import { Link } from '../../../src/fetch/connections/link.ts';
import { secureContextOf, TlsClient } from '../../../src/fetch/connections/tls-client.ts';
import type { AddressListener } from '../../../src/fetch/dns/host-resolver.ts';
import { DnsError, messageOf } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { selfSigned } from '../../support/certificates.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';
import { serveBytes } from '../../support/tiny-server.ts';

/** A connection to `h.example`, whose name is resolved when the test says so. */
function dial(t: TestContext, { port = 1, isSecure = false, timeout = 0, ca = '' } = {}) {
  const { now, elapse } = deadlineClock(t);
  const watched = new Set<unknown>();
  const watch = new (class extends DeadlineWatch {
    override add(each: Dial): void {
      watched.add(each);
      super.add(each);
    }
    override delete(each: Dial): void {
      watched.delete(each);
      super.delete(each);
    }
  })([timeout], now);
  const lookups: { listener: AddressListener; isGivenUp: boolean }[] = [];
  const addresses = {
    lookup(_host: string, _port: number, listener: AddressListener) {
      const lookup = {
        listener,
        isGivenUp: false,
        [Symbol.dispose]() {
          lookup.isGivenUp = true;
        },
      };
      lookups.push(lookup);
      return lookup;
    },
  };
  const tls = new TlsClient(ca === '' ? undefined : secureContextOf({ ca }), true);
  const results: (Link | Error)[] = [];
  const to = { host: 'h.example', port, isSecure };
  const options = { watch, timeout, tls, addresses };
  const attempt = new Dial(
    options,
    to,
    (result) => results.push(result),
    () => false,
  ).begin();
  const [lookup] = lookups;
  assert.ok(lookup);
  t.after(() => {
    attempt[Symbol.dispose]();
    for (const result of results) if (result instanceof Link) result[Symbol.dispose]();
    watch[Symbol.dispose]();
  });
  return {
    attempt,
    results,
    lookup,
    elapse,
    isWatched: () => watched.size > 0,
    async failure() {
      await until(() => results.length > 0);
      assert.ok(results[0] instanceof Error);
      return results[0];
    },
  };
}

function errorWith(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'queryA' });
}

test('Dial: a connection to the first address that takes it', async (t) => {
  const server = await serveBytes(t, () => {});
  const { results, lookup, isWatched } = dial(t, { port: server.port, timeout: 1_000 });
  // Nothing listens on that port of the first one.
  lookup.listener.onAddresses(['127.0.0.77', '127.0.0.1'], true);
  await until(() => results.length > 0);
  const [link] = results;
  assert.ok(link instanceof Link, messageOf(link));
  assert.equal(link.socket.remoteAddress, '127.0.0.1');
  assert.deepEqual([isWatched(), lookup.isGivenUp], [false, true]);
});

test('Dial: what the name servers say is a DnsError with the host in it', async (t) => {
  const { failure, lookup } = dial(t);
  lookup.listener.onFailure(errorWith('ENOTFOUND'));
  const error = await failure();
  assert.ok(error instanceof DnsError);
  assert.deepEqual(
    [error.reason, error.host, error.message],
    ['dns-not-found', 'h.example', 'no such host: h.example (NXDOMAIN)'],
  );
});

test('Dial: a name without an answer in time is dns-timeout', async (t) => {
  const { failure, lookup, elapse, results } = dial(t, { timeout: 3_000 });
  elapse(2_900);
  assert.deepEqual(results, []);
  elapse(200);
  const error = await failure();
  assert.equal(reasonOf(error), 'dns-timeout');
  assert.equal(error.message, 'no answer from the name servers for h.example within 3 s');
  assert.equal(lookup.isGivenUp, true);
});

test('Dial: an address without a connection in time is timeout-connect', async (t) => {
  // Plain bytes where TLS is expected: the handshake never comes to its end.
  const server = await serveBytes(t, () => {});
  const { failure, lookup, elapse } = dial(t, {
    port: server.port,
    timeout: 3_000,
    isSecure: true,
  });
  lookup.listener.onAddresses(['127.0.0.1'], true);
  await until(() => server.sockets.size === 1);
  elapse(3_100);
  const error = await failure();
  assert.deepEqual(
    [reasonOf(error), error.message],
    ['timeout-connect', 'no connection within 3 s'],
  );
  await until(() => server.sockets.size === 0);
});

test('Dial: given up at any time, nothing is told and nothing left', async (t) => {
  for (const when of ['at the name', 'at the handshake'] as const) {
    const server = await serveBytes(t, () => {});
    t.mock.timers.reset();
    const { attempt, results, lookup, elapse, isWatched } = dial(t, {
      port: server.port,
      timeout: 3_000,
      isSecure: true,
    });
    if (when === 'at the handshake') {
      lookup.listener.onAddresses(['127.0.0.1'], false);
      await until(() => server.sockets.size === 1);
    }
    attempt[Symbol.dispose]();
    await until(() => server.sockets.size === 0);
    elapse(10_000);
    lookup.listener.onAddresses(['127.0.0.1'], true);
    await turn();
    assert.deepEqual([results, lookup.isGivenUp, isWatched()], [[], true, false], when);
    assert.equal(server.sockets.size, 0);
  }
});

test('Dial: a name that is known already to fail is told of later, or not if it is given up', async () => {
  for (const isGivenUp of [false, true]) {
    const watch = new DeadlineWatch([]);
    const results: unknown[] = [];
    const addresses = {
      lookup(_host: string, _port: number, listener: AddressListener) {
        listener.onFailure(errorWith('ENOTFOUND'));
        return { [Symbol.dispose]() {} };
      },
    };
    const options = { watch, timeout: 0, tls: new TlsClient(undefined, true), addresses };
    const to = { host: 'h.example', port: 1, isSecure: false };
    const attempt = new Dial(
      options,
      to,
      (result) => results.push(result),
      () => true,
    ).begin();
    assert.deepEqual(results, []);
    if (isGivenUp) attempt[Symbol.dispose]();
    await turn();
    assert.equal(results.length, isGivenUp ? 0 : 1);
    attempt[Symbol.dispose]();
    watch[Symbol.dispose]();
  }
});

test('Dial: a server that does not speak TLS is tls, and its connection is closed', async (t) => {
  const { cert } = await selfSigned(t);
  const server = await serveBytes(t, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const { failure, lookup } = dial(t, { port: server.port, isSecure: true, ca: cert });
  lookup.listener.onAddresses(['127.0.0.1'], true);
  assert.equal(reasonOf(await failure()), 'tls');
  await until(() => server.sockets.size === 0);
});
