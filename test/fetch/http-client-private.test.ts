import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AddressGuard } from '../../src/fetch/dns/address-guard.ts';
import type { HostResolver } from '../../src/fetch/dns/host-resolver.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { serveBytes, serveHttp, type TinyServer } from '../support/tiny-server.ts';

type Resolver = Pick<HostResolver, 'lookup'>;

/**
 * In these tests, 127.0.0.1 is a public address, and the other addresses of this machine are
 * private.
 */
const guard = new AddressGuard((address) => (address === '127.0.0.1' ? undefined : 'private'));

/** A resolver with an answer for each look-up. The last one stays, and none is cached. */
function resolverOf(...answers: readonly (readonly string[])[]): Resolver {
  let asked = 0;
  return {
    lookup(_host, listener) {
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? [];
      listener.onAddresses(answer, true);
      return { [Symbol.dispose]() {} };
    },
  };
}

function clientOf(t: TestContext, resolver?: Resolver, options: HttpOptions = {}) {
  const client = new HttpClient({ denyPrivate: true, ...options }, { resolver, guard });
  t.after(() => client[Symbol.asyncDispose]());
  return async (url: string) => {
    const body = new Body();
    await client.get({ url }, body, {});
    return body.text;
  };
}

/** Asserts that the server saw no connection: they come in order, and the next one is its first. */
async function assertUntouched(server: TinyServer): Promise<void> {
  const socket = connect(server.port, '127.0.0.1');
  await until(() => server.connections() > 0);
  socket.destroy();
  assert.equal(server.connections(), 1);
}

const refusal = (text: string) => (error: unknown) => {
  assert.equal(reasonOf(error), 'address-refused', String(error));
  assert.match(String(error), new RegExp(text));
  return true;
};

test('denyPrivate: refuses an address in a URL, without connecting', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const client = new HttpClient({ denyPrivate: true });
  t.after(() => client[Symbol.asyncDispose]());
  for (const host of ['127.0.0.1', 'localhost', '0', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1']) {
    const url = `http://${host}:${server.port}/`;
    await assert.rejects(client.get({ url }, new Body(), {}), refusal('no public address'));
  }
  await assertUntouched(server);
});

test('denyPrivate: refuses a redirect from an allowed host to a private one', async (t) => {
  const seen: (string | undefined)[] = [];
  const server = await serveHttp(t, (request, response) => {
    seen.push(request.url);
    const hosts: Record<string, string> = { '/a': '127.0.0.2', '/b': 'private.example' };
    const host = hosts[request.url ?? ''];
    if (host === undefined) response.end('GIF');
    else response.writeHead(302, { location: `http://${host}:${server.port}/c` }).end();
  });
  const get = clientOf(t, resolverOf(['127.0.0.2']));
  await assert.rejects(get(`${server.url}/a`), refusal('127.0.0.2 is no public address'));
  await assert.rejects(get(`${server.url}/b`), refusal('private.example leads to 127.0.0.2'));
  assert.equal(await get(`${server.url}/c`), 'GIF');
  assert.deepEqual(seen, ['/a', '/b', '/c']);
});

test('denyPrivate: refuses a name that resolves to a private address the second time', async (t) => {
  let seen = 0;
  const server = await serveHttp(t, (_, response) => {
    seen++;
    response.setHeader('connection', 'close').end('GIF');
  });
  const get = clientOf(t, resolverOf(['127.0.0.1'], ['127.0.0.2']));
  const url = `http://rebinding.example:${server.port}/`;
  assert.equal(await get(url), 'GIF');
  await assert.rejects(get(url), refusal('rebinding.example leads to 127.0.0.2'));
  assert.equal(seen, 1);
});

test('denyPrivate: checks a name before the TLS handshake', async (t) => {
  const server = await serveBytes(t, (socket) => socket.destroy());
  const get = clientOf(t, resolverOf(['127.0.0.2'], ['127.0.0.1']));
  const url = `https://h.example:${server.port}/`;
  await assert.rejects(get(url), refusal('h.example leads to 127.0.0.2'));
  await assertUntouched(server);
});

test('denyPrivate: connects only to the allowed ones of several addresses', async (t) => {
  const server = await serveHttp(t, (request, response) => {
    response.end(request.socket.localAddress);
  });
  const get = clientOf(t, resolverOf(['127.0.0.2', '127.0.0.1']));
  assert.equal(await get(`http://both.example:${server.port}/`), '127.0.0.1');
});

test('denyPrivate: allows a private proxy, but no private URL through it', async (t) => {
  const asked: (string | undefined)[] = [];
  const proxy = await serveHttp(t, (request, response) => {
    asked.push(request.url);
    response.end('GIF');
  });
  // The proxy's address is private. Names of servers are looked up by the proxy.
  const resolver = resolverOf(['127.0.0.1']);
  const http = `http://proxy.internal:${proxy.port}`;
  const strict = new AddressGuard(() => 'private');
  const client = new HttpClient(
    { denyPrivate: true, proxy: { http, https: http } },
    { resolver, guard: strict },
  );
  t.after(() => client[Symbol.asyncDispose]());
  const get = (url: string) => client.get({ url }, new Body(), {});
  await get('http://h.example/');
  for (const url of [
    'http://10.0.0.1/',
    'https://10.0.0.1/',
    'http://localhost/',
    'https://[::1]/',
  ]) {
    await assert.rejects(get(url), refusal('no public address'));
  }
  assert.deepEqual(asked, ['http://h.example/']);
});

test('denyPrivate: checks a host that bypasses the proxy', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const proxy = { http: 'http://127.0.0.1:1', except: '.internal' };
  const get = clientOf(t, resolverOf(['127.0.0.2']), { proxy });
  const url = `http://h.internal:${server.port}/`;
  await assert.rejects(get(url), refusal('h.internal leads to 127.0.0.2'));
});

test('denyPrivate: allows every address without it', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  assert.equal(await clientOf(t, undefined, { denyPrivate: false })(server.url), 'GIF');
});

test('denyPrivate: checks addresses that the user gave for a host', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end(response.req.headers.host));
  const dns = {
    resolve: [`a.example:${server.port}:127.0.0.1`, `b.example:${server.port}:127.0.0.2`],
  };
  const get = clientOf(t, resolverOf([]), { dns });
  const url = `http://a.example:${server.port}/`;
  assert.equal(await get(url), `a.example:${server.port}`);
  await assert.rejects(get(url.replace('a.', 'b.')), refusal('b.example leads to 127.0.0.2'));
});
