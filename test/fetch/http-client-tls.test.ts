// Slow: waits in real time.
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createTask } from '../../src/concurrency/index.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { selfSigned } from '../support/certificates.ts';
import { listen } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';
import { get } from './get.ts';

async function serveTls(
  t: TestContext,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  options: SecureServerOptions = {},
) {
  const identity = await selfSigned();
  const server = createServer({ ...identity, ...options }, onRequest);
  return { ...(await listen(t, server)), ca: identity.cert };
}

/** A server that only speaks HTTP/2. */
async function serveH2(
  t: TestContext,
  onRequest: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
) {
  const identity = await selfSigned();
  const versions = new Set<string>();
  const server = createSecureServer(identity, (request, response) => {
    versions.add(request.httpVersion);
    response.stream.on('error', () => {});
    onRequest(request, response);
  });
  server.on('sessionError', () => {});
  return { ...(await listen(t, server)), ca: identity.cert, versions };
}

test('HttpClient.get: tls for a certificate of an unknown authority', async (t) => {
  const { url } = await serveTls(t, (_, response) => response.end('GIF'));
  await assert.rejects(get({ url }, {}), withReason('tls'));
  const { cert: other } = await selfSigned('other');
  await assert.rejects(get({ url }, { tls: { ca: other } }), withReason('tls'));
});

for (const [what, particulars] of [
  ['has expired', { isExpired: true }],
  ['is for another host', { hosts: 'DNS:other.example,IP:127.0.0.2' }],
] as const) {
  test(`HttpClient.get: tls for a certificate that ${what}, even of a trusted authority`, async (t) => {
    const identity = await selfSigned('localhost', particulars);
    let asked = 0;
    const server = createServer(identity, (_, response) => {
      asked++;
      response.end('GIF');
    });
    const { url } = await listen(t, server);
    await assert.rejects(get({ url }, { tls: { ca: identity.cert } }), withReason('tls'));
    assert.equal(asked, 0);
  });
}

test('HttpClient.get: nothing but the option disables the check of certificates', async () => {
  const cwd = join(import.meta.dirname, '../../src');
  for await (const path of glob('{cli,fetch}/**/*.ts', { cwd })) {
    const text = await readFile(join(cwd, path), 'utf8');
    assert.doesNotMatch(
      text,
      /rejectUnauthorized(?!: !this\.#insecure)|env.*TLS_REJECT_UNAUTHORIZED/,
      path,
    );
  }
});

test('HttpClient.get: no environment disables the check of certificates, including a proxy’s', async (t) => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  t.after(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  // Node warns that it does not check certificates. The client checks them all the same.
  t.mock.method(process, 'emitWarning', () => {});
  let asked = 0;
  const { url } = await serveTls(t, (_, response) => {
    asked++;
    response.end('GIF');
  });
  await assert.rejects(get({ url }, {}), withReason('tls'));
  for (const target of ['http://h.example/', 'https://h.example/']) {
    const proxy = { http: url, https: url };
    await assert.rejects(get({ url: target }, { proxy }), withReason('tls'));
  }
  assert.equal(asked, 0);
});

test('HttpClient.get: insecure accepts any certificate, over both versions of HTTP and of a proxy', async (t) => {
  const one = await serveTls(t, (request, response) => response.end(request.httpVersion));
  const two = await serveH2(t, (request, response) => response.end(request.httpVersion));
  const plain = await get({ url: one.url }, { insecure: true });
  assert.deepEqual([plain.text, plain.head.insecure], ['1.1', true]);
  await using client = new HttpClient({ insecure: true }, { maxConnections: 1, http2From: 1 });
  // Its certificate is for another host, too.
  const url = two.url.replace('127.0.0.1', 'localhost');
  const bodies = [new Body(), new Body()];
  for (const body of bodies) {
    assert.equal((await client.get({ url }, body, {})).head.insecure, true);
  }
  assert.deepEqual(
    bodies.map((body) => body.text),
    ['2.0', '2.0'],
  );
  // The proxy answers in place of the server.
  const proxied = await get(
    { url: 'http://h.example/' },
    { insecure: true, proxy: { http: one.url } },
  );
  assert.deepEqual([proxied.text, proxied.head.insecure], ['1.1', undefined]);
});

test('HttpClient.get: trusts a certificate of a given authority', async (t) => {
  const { url, ca } = await serveTls(t, (_, response) => response.end('GIF'));
  const { cert: other } = await selfSigned('other');
  assert.equal((await get({ url }, { tls: { ca: other + ca } })).text, 'GIF');
});

test('HttpClient.get: shows its certificate to the row’s own origin only', async (t) => {
  const me = await selfSigned('me');
  const asking = { requestCert: true, rejectUnauthorized: false };
  const names: unknown[] = [];
  const note = (request: IncomingMessage) => {
    const { socket } = request as IncomingMessage & {
      socket: { getPeerCertificate(): { subject?: { CN: string } } };
    };
    names.push(socket.getPeerCertificate().subject?.CN);
  };
  const elsewhere = await serveTls(
    t,
    (request, response) => {
      note(request);
      response.end('GIF');
    },
    asking,
  );
  const home = await serveTls(
    t,
    (request, response) => {
      note(request);
      response.writeHead(302, { location: elsewhere.url }).end();
    },
    asking,
  );
  const ca = home.ca + elsewhere.ca;
  assert.equal((await get({ url: home.url }, { tls: { ca, ...me } })).text, 'GIF');
  assert.deepEqual(names, ['me', undefined]);
});

test('HttpClient.get: a kept TLS connection that was closed meanwhile is not a failure', async (t) => {
  let requests = 0;
  const { url, ca } = await serveTls(t, (request, response) => {
    if (++requests === 2) request.socket.destroy();
    else response.end('GIF');
  });
  await using client = new HttpClient({ tls: { ca } }, { maxConnections: 1 });
  await client.get({ url }, new Body(), {});
  await client.get({ url }, new Body(), {});
  assert.equal(requests, 3);
});

test('HttpClient.get: a new TLS connection that is closed is a failure', async (t) => {
  let requests = 0;
  const { url, ca } = await serveTls(t, (request) => {
    requests++;
    request.socket.destroy();
  });
  await assert.rejects(get({ url }, { tls: { ca } }), withReason('connection-lost'));
  assert.equal(requests, 1);
});

test('HTTP/2: returns a whole body, its length and its head', async (t) => {
  const content = Buffer.alloc(3_000_000, 'all work and no play ');
  const { url, ca, versions } = await serveH2(t, (request, response) => {
    response.writeHead(200, { etag: '"x"', 'content-length': content.length });
    response.end(request.url === '/a?b' ? content : '');
  });
  const { head, bytes, text } = await get({ url: `${url}/a?b` }, { tls: { ca } });
  assert.deepEqual([head.httpStatus, head.length, head.etag], [200, content.length, '"x"']);
  assert.equal(bytes, content.length);
  assert.ok(text === content.toString());
  assert.deepEqual([...versions], ['2.0']);
});

test('HTTP/2: redirects, parts, encodings and errors as over HTTP/1.1', async (t) => {
  const { url, ca } = await serveH2(t, ({ headers, url: path }, response) => {
    if (path === '/a') response.writeHead(302, { location: '/b' }).end();
    else if (path === '/404') response.writeHead(404).end('No');
    else if (headers.range === 'bytes=3-') {
      response.writeHead(206, { 'content-range': 'bytes 3-5/6', etag: '"x"' }).end('89a');
    } else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('GIF89a'));
  });
  const options = { tls: { ca }, decode: true };
  assert.equal((await get({ url: `${url}/a` }, options)).text, 'GIF89a');
  const part = { bytes: 3, etag: '"x"' };
  assert.equal((await get({ url: `${url}/b`, part }, options)).text, '89a');
  await assert.rejects(get({ url: `${url}/404` }, options), withReason('http-404'));
});

for (const [what, leave, expected] of [
  ['ends early', (stream: ServerHttp2Stream) => void stream.end('GIF'), 'truncated'],
  ['is reset', (stream: ServerHttp2Stream) => stream.close(2), 'truncated'],
  ['loses its connection', (stream: ServerHttp2Stream) => stream.session?.destroy(), 'truncated'],
] as const) {
  test(`HTTP/2: ${expected} when a body of known length ${what}`, async (t) => {
    const { url, ca } = await serveH2(t, (_, response) => {
      response.writeHead(200, { 'content-length': 9 });
      response.stream.write('GIF', () => leave(response.stream));
    });
    await assert.rejects(get({ url }, { tls: { ca } }), withReason(expected));
  });
}

for (const [what, leave] of [
  ['is reset', (stream: ServerHttp2Stream) => stream.close(2)],
  ['loses its connection', (stream: ServerHttp2Stream) => stream.session?.destroy()],
] as const) {
  test(`HTTP/2: fails when a body of unknown length ${what}`, async (t) => {
    const { url, ca } = await serveH2(t, (_, response) => {
      response.writeHead(200);
      response.stream.write('GIF', () => leave(response.stream));
    });
    await assert.rejects(get({ url }, { tls: { ca } }), withReason('truncated'));
  });
}

for (const deadlines of [{ firstByte: 50 }, { idle: 50 }]) {
  const [late] = Object.keys(deadlines);
  const expected = late === 'idle' ? 'timeout-idle' : 'timeout-first-byte';
  test(`HTTP/2: ${expected}`, async (t) => {
    const { url, ca } = await serveH2(t, (_, response) => {
      if (late !== 'idle') return;
      response.writeHead(200);
      response.write('GIF');
    });
    await assert.rejects(get({ url }, { tls: { ca }, deadlines }), withReason(expected));
  });
}

test('HTTP/2: too-large closes the stream', async (t) => {
  const closed = Promise.withResolvers<void>();
  const { url, ca } = await serveH2(t, (_, response) => {
    response.stream.once('close', closed.resolve);
    const more = () => {
      while (response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  await assert.rejects(get({ url }, { tls: { ca }, maxSize: 100_000 }), withReason('too-large'));
  await closed.promise;
});

for (const how of ['signal', 'cancellation'] as const) {
  test(`HTTP/2: the ${how} ends the stream, not its neighbour`, async (t) => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const neighbour = Promise.withResolvers<Http2ServerResponse>();
    const { url, ca } = await serveH2(t, (request, response) => {
      if (request.url === '/neighbour') {
        neighbour.resolve(response);
        return;
      }
      response.stream.once('close', closed.resolve);
      response.write('GIF', () => arrived.resolve());
    });
    await using client = new HttpClient({ tls: { ca } }, { maxConnections: 1 });
    const stopping = new AbortController();
    const other = client.get({ url: `${url}/neighbour` }, new Body(), {});
    const waiting = await neighbour.promise;
    const task = createTask(() =>
      client.get({ url: `${url}/a` }, new Body(), { signal: stopping.signal }),
    );
    const failed = assert.rejects(task);
    await arrived.promise;
    if (how === 'signal') stopping.abort(new Error('stopped'));
    else task.cancel();
    await failed;
    await closed.promise;
    waiting.end('GIF');
    assert.equal((await other).bytes, 3);
  });
}

test('HTTP/2: a slow body makes the sender wait', async (t) => {
  const size = 5_000_000;
  const { url, ca } = await serveH2(t, (_, response) => response.end(Buffer.alloc(size)));
  await using client = new HttpClient({ tls: { ca } });
  let pausing = false;
  const received = await client.get(
    { url },
    {
      begin() {},
      async write() {
        assert.equal(pausing, false, 'nothing comes in a pause');
        pausing = true;
        await new Promise((resolve) => setImmediate(resolve));
        pausing = false;
      },
    },
    {},
  );
  assert.equal(received.bytes, size);
});

test('HTTP/2: connections end with the client', async (t) => {
  const { url, ca, sockets } = await serveH2(t, (_, response) => response.end('GIF'));
  await get({ url }, { tls: { ca } });
  await until(() => sockets.size === 0);
});
