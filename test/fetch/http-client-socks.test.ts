// Slow: waits in real time.
import assert from 'node:assert/strict';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { type TestContext, test } from 'node:test';
import { AddressGuard } from '../../src/fetch/dns/address-guard.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { messageOf } from '../../src/model/error-words.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { selfSigned } from '../support/certificates.ts';
import { serveSocks } from '../support/socks-server.ts';
import { listen, serveBytes, serveHttp } from '../support/tiny-server.ts';
import { get } from './get.ts';

/** The result of a request. */
async function failure(url: string, options: HttpOptions, parts?: Parameters<typeof get>[2]) {
  try {
    await get({ url }, options, parts);
  } catch (error) {
    return error as Error;
  }
  return assert.fail('it did not fail');
}

function through(url: string): Pick<HttpOptions, 'proxy'> {
  return { proxy: { http: url, https: url } };
}

async function serveTls(t: TestContext) {
  const identity = await selfSigned();
  const server = await listen(
    t,
    createTlsServer(identity, (_, response) => response.end('secure')),
  );
  return { ...server, ca: identity.cert };
}

/** A resolver with these addresses for all names. */
function resolverOf(...addresses: string[]) {
  return {
    resolver: {
      lookup: (_: string, listener: { onAddresses(all: string[], isLast: boolean): void }) => {
        listener.onAddresses(addresses, true);
        return { [Symbol.dispose]() {} };
      },
    } as never,
  };
}

for (const [scheme, version, host] of [
  ['socks5h', 5, 'site.example'],
  ['socks4a', 4, 'site.example'],
  ['socks5', 5, '127.0.0.1'],
  ['socks4', 4, '127.0.0.1'],
] as const) {
  test(`HttpClient.get: through ${scheme}, which is asked for ${host}`, async (t) => {
    const proxy = await serveSocks(t);
    const site = await serveHttp(t, ({ headers, url }, response) =>
      response.end(`${headers.host}${url}`),
    );
    const url = `http://site.example:${site.port}/a?b`;
    const way = through(`${scheme}://127.0.0.1:${proxy.port}`);
    const { text } = await get({ url }, way, resolverOf('127.0.0.1'));
    assert.equal(text, `site.example:${site.port}/a?b`);
    assert.deepEqual(proxy.asked, [{ version, host, port: site.port, login: undefined }]);
  });
}

test('HttpClient.get: TLS through SOCKS, with the name of the host', async (t) => {
  const proxy = await serveSocks(t);
  const site = await serveTls(t);
  const way = through(`socks5h://127.0.0.1:${proxy.port}`);
  const { text } = await get(
    { url: `https://localhost:${site.port}/` },
    { ...way, tls: { ca: site.ca } },
  );
  assert.equal(text, 'secure');
  const error = await failure(`https://other.example:${site.port}/`, {
    ...way,
    tls: { ca: site.ca },
  });
  assert.equal(reasonOf(error), 'tls');
});

test('HttpClient.get: HTTP/2 through SOCKS, over one connection', async (t) => {
  const proxy = await serveSocks(t);
  const identity = await selfSigned();
  const site = await listen(
    t,
    createSecureServer(identity, (request, response) => response.end(request.httpVersion)),
  );
  const options = {
    ...through(`socks5h://127.0.0.1:${proxy.port}`),
    tls: { ca: identity.cert },
  };
  await using client = new HttpClient(options, { maxConnections: 8, http2From: 1 });
  const bodies = Array.from({ length: 8 }, () => new Body());
  const url = `https://localhost:${site.port}/`;
  await Promise.all(bodies.map((body) => client.get({ url }, body, {})));
  assert.ok(bodies.every(({ text }) => text === '2.0'));
  assert.equal(proxy.asked.length, 1);
});

test('HttpClient.get: keeps a connection through SOCKS for the next request', async (t) => {
  const proxy = await serveSocks(t);
  const site = await serveHttp(t, (_, response) => response.end('body'));
  await using client = new HttpClient(through(`socks5h://127.0.0.1:${proxy.port}`));
  for (const path of ['/a', '/b', '/c']) {
    await client.get({ url: `http://h:${site.port}${path}` }, new Body(), {});
  }
  assert.equal(proxy.asked.length, 1);
});

test('HttpClient.get: SOCKS5 with a user and a password', async (t) => {
  const proxy = await serveSocks(t, { login: 'ann:s3cret' });
  const site = await serveHttp(t, (_, response) => response.end('body'));
  const url = `http://h:${site.port}/`;
  await get({ url }, through(`socks5h://ann:s3cret@127.0.0.1:${proxy.port}`));
  assert.equal(proxy.asked[0]?.login, 'ann:s3cret');
  for (const login of ['ann:wr0ng@', '']) {
    const error = await failure(url, through(`socks5h://${login}127.0.0.1:${proxy.port}`));
    assert.equal(reasonOf(error), 'proxy', messageOf(error));
    assert.doesNotMatch(JSON.stringify(error) + error.stack, /wr0ng/);
  }
});

test('HttpClient.get: SOCKS4 with a user', async (t) => {
  const proxy = await serveSocks(t);
  const site = await serveHttp(t, (_, response) => response.end('body'));
  await get({ url: `http://h:${site.port}/` }, through(`socks4a://ann@127.0.0.1:${proxy.port}`));
  assert.equal(proxy.asked[0]?.login, 'ann');
});

for (const [scheme, code, reason, message] of [
  ['socks5h', 1, 'connect', 'the SOCKS proxy cannot reach it: it failed'],
  ['socks5h', 2, 'proxy', 'the SOCKS proxy will not connect to it: its rules do not allow it'],
  ['socks5h', 4, 'connect', 'the SOCKS proxy cannot reach it: there is no route to it'],
  ['socks5h', 5, 'connect', 'the SOCKS proxy cannot reach it: it refuses'],
  ['socks4a', 91, 'connect', 'the SOCKS proxy cannot reach it: it failed, or it may not'],
  [
    'socks4a',
    92,
    'proxy',
    'the SOCKS proxy will not connect to it: it cannot ask who we are (identd)',
  ],
] as const) {
  test(`HttpClient.get: ${reason} when ${scheme} replies ${code}`, async (t) => {
    const proxy = await serveSocks(t, { replyTo: () => code });
    const error = await failure('http://h:1/', through(`${scheme}://127.0.0.1:${proxy.port}`));
    assert.deepEqual([reasonOf(error), messageOf(error)], [reason, message]);
    await until(() => proxy.sockets.size === 0);
  });
}

test('HttpClient.get: tries the next address when the proxy cannot reach the first', async (t) => {
  const proxy = await serveSocks(t, { replyTo: ({ host }) => (host === '192.0.2.1' ? 4 : 0) });
  const site = await serveHttp(t, (_, response) => response.end('body'));
  const url = `http://h:${site.port}/`;
  const way = through(`socks5://127.0.0.1:${proxy.port}`);
  await get({ url }, way, resolverOf('192.0.2.1', '127.0.0.1'));
  assert.deepEqual(
    proxy.asked.map(({ host }) => host),
    ['192.0.2.1', '127.0.0.1'],
  );
});

test('HttpClient.get: races the next address when the proxy does not answer', async (t) => {
  const proxy = await serveSocks(t, { replyTo: ({ host }) => (host === '192.0.2.1' ? 255 : 0) });
  const site = await serveHttp(t, (_, response) => response.end('body'));
  const way = through(`socks5://127.0.0.1:${proxy.port}`);
  await get({ url: `http://h:${site.port}/` }, way, resolverOf('192.0.2.1', '127.0.0.1'));
  assert.equal(proxy.asked.length, 2);
  await until(() => proxy.sockets.size === 0);
});

test('HttpClient.get: refuses a name that is too long for SOCKS', async (t) => {
  const proxy = await serveSocks(t);
  const way = through(`socks5h://127.0.0.1:${proxy.port}`);
  const error = await failure(`http://${'a'.repeat(256)}/`, way);
  assert.equal(messageOf(error), 'the SOCKS proxy takes no name of more than 255 characters');
  assert.equal(reasonOf(error), 'proxy');
});

test('HttpClient.get: gives SOCKS4 only IPv4 addresses', async (t) => {
  const proxy = await serveSocks(t);
  const site = await serveHttp(t, (_, response) => response.end('body'));
  const url = `http://h:${site.port}/`;
  const way = through(`socks4://127.0.0.1:${proxy.port}`);
  await get({ url }, way, resolverOf('::1', '127.0.0.1'));
  const error = await failure(url, way, resolverOf('::1'));
  assert.equal(
    messageOf(error),
    'the SOCKS proxy cannot reach it: SOCKS4 knows IPv4 addresses only',
  );
});

test('HttpClient.get: denyPrivate covers addresses given to a proxy, not its own look-ups', async (t) => {
  const proxy = await serveSocks(t);
  const site = await serveHttp(t, (_, response) => response.end('body'));
  const url = `http://site.example:${site.port}/`;
  const parts = { ...resolverOf('127.0.0.1'), guard: new AddressGuard() };
  const at = `127.0.0.1:${proxy.port}`;
  const refused = await failure(url, { ...through(`socks5://${at}`), denyPrivate: true }, parts);
  assert.equal(reasonOf(refused), 'address-refused');
  assert.deepEqual(proxy.asked, []);
  const { text } = await get({ url }, { ...through(`socks5h://${at}`), denyPrivate: true }, parts);
  assert.equal(text, 'body');
});

for (const [what, options] of [
  ['does not speak SOCKS', { nonsense: 'HTTP/1.1 400 Bad Request\r\n\r\n' }],
  ['knows no way to say who we are', { nonsense: '\x05\xff' }],
  ['answers too much', { extra: 'HTTP/1.1 200 OK\r\n\r\n' }],
] as const) {
  test(`HttpClient.get: fails when the proxy ${what}`, async (t) => {
    const proxy = await serveSocks(t, options);
    const site = await serveHttp(t, (_, response) => response.end('body'));
    const way = through(`socks5h://127.0.0.1:${proxy.port}`);
    const error = await failure(`http://h:${site.port}/`, way);
    assert.ok(['proxy', 'protocol'].includes(reasonOf(error)), messageOf(error));
    await until(() => proxy.sockets.size === 0);
  });
}

for (const reply of [
  '\x05\x00\x00\x09aaaaaaaaaaaaaaaa',
  '\x05\x63\x00\x01aaaaaa',
  '\x05\x00\x00\x03\x00\x00\x00',
  '\x04\x00\x00\x01aaaaaa',
  `\x05\x00\x00\x04${'a'.repeat(100_000)}`,
]) {
  test(`HttpClient.get: ends for every reply of a SOCKS proxy: ${JSON.stringify(reply.slice(0, 8))}`, async (t) => {
    let answers = 0;
    const proxy = await serveBytes(t, (socket) => {
      socket.write(answers++ === 0 ? '\x05\x00' : reply, 'latin1');
    });
    const way = through(`socks5h://127.0.0.1:${proxy.port}`);
    const error = await failure('http://h/', {
      ...way,
      deadlines: { connect: 200, firstByte: 200 },
    });
    assert.notEqual(reasonOf(error), 'unknown', messageOf(error));
    await until(() => proxy.sockets.size === 0);
  });
}

test('HttpClient.get: connection-lost when the proxy hangs up', async (t) => {
  const proxy = await serveBytes(t, (socket) => socket.end());
  const error = await failure('http://h/', through(`socks5h://127.0.0.1:${proxy.port}`));
  assert.equal(reasonOf(error), 'connection-lost');
});

test('HttpClient.get: connect when there is no proxy', async () => {
  const error = await failure('http://h/', through('socks5h://127.0.0.1:1'));
  assert.equal(reasonOf(error), 'connect');
});

test('HttpClient.get: timeout-connect when the proxy, or the server behind it, does not answer', async (t) => {
  for (const proxy of [
    await serveBytes(t, () => {}),
    await serveSocks(t, { replyTo: () => 255 }),
  ]) {
    const way = through(`socks5h://127.0.0.1:${proxy.port}`);
    const error = await failure('https://h/', { ...way, deadlines: { connect: 50 } });
    assert.equal(reasonOf(error), 'timeout-connect', messageOf(error));
    await until(() => proxy.sockets.size === 0);
  }
});

test('HttpClient.get: aborting it closes the connection to the proxy', async (t) => {
  const proxy = await serveSocks(t, { replyTo: () => 255 });
  await using client = new HttpClient(through(`socks5h://127.0.0.1:${proxy.port}`));
  const stopping = new AbortController();
  const { signal } = stopping;
  const failed = assert.rejects(client.get({ url: 'http://h/' }, new Body(), { signal }));
  await until(() => proxy.asked.length === 1);
  stopping.abort();
  await failed;
  await client[Symbol.asyncDispose]();
  await until(() => proxy.sockets.size === 0);
});
