import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { listenOnLoopback } from '../../src/server/loopback.ts';
import { ask } from './ask.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
const skip = hasIPv6 ? false : 'this machine has no ::1';

/** Occupies a port of one address, as another program would. */
async function occupy(host: string, port: number) {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

test('listenOnLoopback: listens on both loopback addresses, at the same port', {
  skip,
}, async () => {
  const listener = await listenOnLoopback((_, response) => response.end('here'), 0);
  try {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const { body } = await ask(`http://${host}:${listener.port}/`);
      assert.equal(body.toString(), 'here', host);
    }
  } finally {
    await listener.close();
  }
});

for (const host of ['127.0.0.1', '::1']) {
  test(`listenOnLoopback: EADDRINUSE if the port is taken on ${host} alone, and listens on neither`, {
    skip,
  }, async () => {
    // A port that was free on both addresses a moment ago.
    const { port, close } = await listenOnLoopback(() => {}, 0);
    await close();
    await using taken = await occupy(host, port);
    await assert.rejects(
      listenOnLoopback(() => {}, taken.port),
      { code: 'EADDRINUSE' },
    );
    const other = host === '::1' ? '127.0.0.1' : '::1';
    await using free = await occupy(other, taken.port);
    assert.equal(free.port, taken.port);
  });
}

test('LoopbackListener.close: ends idle and active connections, and frees the port', async () => {
  const arrived = Promise.withResolvers<void>();
  const listener = await listenOnLoopback(() => arrived.resolve(), 0);
  const silent = connect(listener.port, '127.0.0.1');
  await once(silent, 'connect');
  const active = ask(`http://127.0.0.1:${listener.port}/never-answered`);
  const broken = assert.rejects(active, { code: 'ECONNRESET' });
  await arrived.promise;

  const ended = once(silent.resume(), 'close');
  await Promise.all([listener.close(), listener.close()]);

  await Promise.all([broken, ended]);
  await using again = await occupy('127.0.0.1', listener.port);
  assert.equal(again.port, listener.port);
});
