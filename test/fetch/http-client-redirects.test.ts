import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { serveHttp } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';
import { get } from './get.ts';

type Seen = { path: string; headers: IncomingHttpHeaders };

/** A server that redirects by its table, and answers `GIF` for other paths. */
async function serve(t: TestContext, table: Record<string, string | (() => string)> = {}) {
  const seen: Seen[] = [];
  const server = await serveHttp(t, (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    seen.push({ path, headers: request.headers });
    const entry = table[path];
    const location = typeof entry === 'function' ? entry() : entry;
    if (location === undefined) response.end('GIF');
    else response.writeHead(302, { location }).end('Moved');
  });
  return { ...server, sockets: server.sockets, seen };
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`HttpClient.get: follows a ${status}, on the same connection`, async (t) => {
    const server = await serveHttp(t, (request, response) => {
      if (request.url === '/b/c') response.end('GIF');
      else response.writeHead(status, { location: 'b/c' }).end('Moved');
    });
    const { head, body } = await get({ url: `${server.url}/a` });
    assert.deepEqual([head.url, head.httpStatus, body.text], [`${server.url}/b/c`, 200, 'GIF']);
    assert.equal(body.heads.length, 1);
  });
}

test('HttpClient.get: gives up a long body of a redirect, not the redirect', async (t) => {
  const server = await serveHttp(t, (request, response) => {
    if (request.url === '/b') {
      response.end('GIF');
      return;
    }
    response.writeHead(302, { location: '/b' });
    const more = () => {
      while (response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  const { body } = await get({ url: `${server.url}/a` });
  assert.equal(body.text, 'GIF');
});

test('HttpClient.get: redirect-loop after as many redirects as allowed', async (t) => {
  let n = 0;
  const server = await serveHttp(t, (_, response) => {
    n++;
    response.writeHead(302, { location: `/${n}` }).end();
  });
  await assert.rejects(get({ url: server.url }, { maxRedirects: 3 }), withReason('redirect-loop'));
  assert.equal(n, 4);
});

test('HttpClient.get: redirect-loop as soon as a URL repeats', async (t) => {
  const { url, seen } = await serve(t, { '/a': '/b', '/b': '/a' });
  await assert.rejects(get({ url: `${url}/a` }), withReason('redirect-loop'));
  assert.deepEqual(
    seen.map(({ path }) => path),
    ['/a', '/b'],
  );
});

test('HttpClient.get: a page that sets a cookie and redirects to itself is not a loop', async (t) => {
  const server = await serveHttp(t, (request, response) => {
    if (request.headers.cookie === 'seen=1') response.end('GIF');
    else response.writeHead(302, { location: '/', 'set-cookie': 'seen=1; Path=/' }).end();
  });
  await using client = new HttpClient();
  const body = new Body();
  await client.get({ url: server.url }, body, {});
  assert.equal(body.text, 'GIF');
  // The next row starts without the cookie.
  await client.get({ url: server.url }, body, {});
  assert.equal(body.text, 'GIFGIF');
});

test('HttpClient.get: redirect-refused for another scheme', async (t) => {
  const { url } = await serve(t, { '/a': 'file:///etc/passwd' });
  await assert.rejects(get({ url: `${url}/a` }), withReason('redirect-refused'));
});

test('HttpClient.get: fails like the request after a redirect', async (t) => {
  const { url } = await serve(t, { '/a': 'http://flaghoist.invalid/' });
  await assert.rejects(get({ url: `${url}/a` }), withReason('dns-not-found'));
});

test('HttpClient.get: secrets stay at the row’s own origin, also on the way back', async (t) => {
  const back = () => `${home.url}/c`;
  const elsewhere = await serve(t, { '/b': back });
  const home = await serve(t, { '/a': '/aa', '/aa': `${elsewhere.url}/b` });
  const headers = { Cookie: 'row=1', 'X-Own': 'x', Host: 'named.example' };
  const auth = { type: 'basic', username: 'ann', password: 's3cret' } as const;
  const options = { auth, headers: { 'Proxy-Authorization': 'p', 'X-Run': 'y' } };
  const { head } = await get({ url: `${home.url}/a`, headers }, options);
  assert.equal(head.url, `${home.url}/c`);
  const basic = `Basic ${Buffer.from('ann:s3cret').toString('base64')}`;
  const [a, aa, c] = home.seen.map((entry) => entry.headers);
  for (const own of [a, aa]) {
    assert.deepEqual(
      [own?.authorization, own?.cookie, own?.['proxy-authorization'], own?.host, own?.['x-own']],
      [basic, 'row=1', 'p', 'named.example', 'x'],
    );
  }
  for (const foreign of [elsewhere.seen[0]?.headers, c]) {
    assert.deepEqual(
      [foreign?.authorization, foreign?.cookie, foreign?.['proxy-authorization']],
      [undefined, undefined, undefined],
    );
    assert.notEqual(foreign?.host, 'named.example');
    assert.deepEqual([foreign?.['x-own'], foreign?.['x-run']], ['x', 'y']);
  }
});

test('HttpClient.get: another port is another origin', async (t) => {
  const elsewhere = await serve(t);
  const home = await serve(t, { '/a': `${elsewhere.url}/b` });
  const url = `${home.url.replace('//', '//ann:s3cret@')}/a`;
  const { head } = await get({ url });
  assert.equal(head.url, `${elsewhere.url}/b`);
  assert.ok(home.seen[0]?.headers.authorization);
  assert.equal(elsewhere.seen[0]?.headers.authorization, undefined);
});

test('HttpClient.get: the user in the URL goes to its server only', async (t) => {
  const { url, seen } = await serve(t);
  const { head } = await get({ url: `${url.replace('//', '//ann:s3cret@')}/a` });
  assert.equal(head.url, `${url}/a`);
  assert.equal(
    seen[0]?.headers.authorization,
    `Basic ${Buffer.from('ann:s3cret').toString('base64')}`,
  );
});

test('HttpClient.get: .netrc for a login that a redirect leads to, and its cookie on the way back', async (t) => {
  const data = await serveHttp(t, (request, response) => {
    const { cookie } = request.headers;
    if (cookie === 'session=1') response.end('GIF');
    else response.writeHead(302, { location: `http://localhost:${login.port}/` }).end();
  });
  let told: IncomingHttpHeaders | undefined;
  const login = await serveHttp(t, (request, response) => {
    told = request.headers;
    const location = `${data.url}/back`;
    response.writeHead(302, { location, 'set-cookie': 'session=1' }).end();
  });
  // Cookies ignore ports: one for `localhost` is not sent to 127.0.0.1.
  const netrc = 'machine localhost login ann password s3cret default login x password y';
  await assert.rejects(
    get({ url: data.url }, { netrc, maxRedirects: 3 }),
    withReason('redirect-loop'),
  );
  assert.equal(told?.authorization, `Basic ${Buffer.from('ann:s3cret').toString('base64')}`);
});

test('HttpClient.get: cookies of the file go by host', async (t) => {
  const elsewhere = await serve(t);
  const home = await serve(t, { '/a': () => `http://localhost:${elsewhere.port}/b` });
  const cookies =
    '127.0.0.1\tFALSE\t/\tFALSE\t0\thome\t1\nlocalhost\tFALSE\t/\tFALSE\t0\tother\t2\n';
  await get({ url: `${home.url}/a`, headers: { cookie: 'row=1' } }, { cookies });
  assert.equal(home.seen[0]?.headers.cookie, 'row=1; home=1');
  assert.equal(elsewhere.seen[0]?.headers.cookie, 'other=2');
});

test('HttpClient.get: asks for a part where the redirect leads', async (t) => {
  const { url, seen } = await serve(t, { '/a': '/b' });
  const { head } = await get({ url: `${url}/a`, part: { bytes: 2, etag: '"x"', length: 3 } });
  assert.equal(head.offset, 0);
  assert.deepEqual(
    seen.map(({ headers }) => headers.range),
    ['bytes=2-', 'bytes=2-'],
  );
});

test('HttpClient.get: an abort also ends the request after a redirect', async (t) => {
  const stopping = new AbortController();
  const server = await serveHttp(t, (request, response) => {
    if (request.url === '/b') stopping.abort(new Error('stopped'));
    else response.writeHead(302, { location: '/b' }).end();
  });
  await using client = new HttpClient({}, { maxConnections: 1 });
  const failing = client.get({ url: server.url }, new Body(), { signal: stopping.signal });
  await assert.rejects(failing, { message: 'stopped' });
  await until(() => server.sockets.size === 0);
});
