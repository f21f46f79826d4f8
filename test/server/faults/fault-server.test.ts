// Slow: waits in real time.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type FaultServer, startFaultServer } from '../../../src/server/faults/fault-server.ts';
import { ask } from '../ask.ts';

async function start(t: TestContext, ...faults: string[]): Promise<FaultServer> {
  const server = await startFaultServer({ faults });
  t.after(() => server.close());
  return server;
}

/** The bytes of a connection, and its error if it was reset. */
interface Heard {
  readonly text: string;
  readonly error: string | undefined;
}

/** Requests the file once, and reads raw bytes until the server ends the connection, or for `ms`. */
async function listen(server: FaultServer, headers = '', ms?: number): Promise<Heard> {
  const socket = connect(server.port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  socket.on('close', () => resolve(undefined));
  socket.write(`GET /bytes/1000/a HTTP/1.1\r\nhost: localhost:${server.port}\r\n${headers}\r\n`);
  if (ms !== undefined) setTimeout(() => socket.destroy(), ms);
  return { error: await promise, text };
}

function bodyIn({ text }: Heard): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

test('startFaultServer: truncate announces more than it sends', async (t) => {
  const heard = await listen(await start(t, 'truncate:at=0.3'));
  assert.match(heard.text, /content-length: 1000\r\n/i);
  assert.deepEqual([bodyIn(heard).length, heard.error], [300, undefined]);
});

test('startFaultServer: truncate sends chunks and no last one', async (t) => {
  const heard = await listen(await start(t, 'truncate:framing=chunked'));
  assert.match(heard.text, /transfer-encoding: chunked/i);
  assert.ok(!heard.text.endsWith('0\r\n\r\n'));
  assert.equal(bodyIn(heard).length, 500 + '1f4\r\n\r\n'.length);
});

test('startFaultServer: truncate sends a compressed stream without its end, framed well', async (t) => {
  const { url } = await start(t, 'truncate:framing=gzip');
  const { headers, body } = await ask(`${url}/bytes/1000/a`);
  assert.equal(headers['content-length'], String(body.length));
  assert.throws(() => gunzipSync(body), { code: 'Z_BUF_ERROR' });
});

test('startFaultServer: stall sends half, and nothing more until its time is over', async (t) => {
  const server = await start(t, 'stall');
  assert.equal(bodyIn(await listen(server, '', 60)).length, 500);
  const head = await start(t, 'stall:at=head');
  assert.equal((await listen(head, '', 60)).text, '');
  const { url } = await start(t, 'stall:for=10ms');
  assert.equal((await ask(`${url}/bytes/1000/a`)).body.length, 1_000);
});

test('startFaultServer: drip sends a byte at a time', async (t) => {
  const heard = await listen(await start(t, 'drip:every=20ms'), '', 150);
  const { length } = bodyIn(heard);
  assert.ok(length >= 1 && length <= 9, String(length));
});

for (const [fault, bytes] of [
  ['reset-connection', 0],
  ['reset:at=before', 0],
  ['reset:at=body', 500],
] as const) {
  test(`startFaultServer: ${fault} ends in a reset, not in order`, async (t) => {
    const heard = await listen(await start(t, fault));
    assert.equal(heard.error, 'ECONNRESET');
    assert.equal(heard.text === '' ? 0 : bodyIn(heard).length, bytes);
  });
}

test('startFaultServer: too-long sends more than it announces', async (t) => {
  const heard = await listen(await start(t, 'too-long:by=7'));
  assert.match(heard.text, /content-length: 1000\r\n/i);
  assert.equal(bodyIn(heard).length, 1_007);
});

test('startFaultServer: stale-connection answers one request of a connection', async (t) => {
  const server = await start(t, 'stale-connection');
  const socket = connect(server.port, '127.0.0.1');
  const request = 'GET /bytes/10/a HTTP/1.1\r\nhost: x\r\n\r\n';
  socket.write(request);
  let text = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    if (text === '') socket.write(request);
    text += chunk;
  }
  assert.equal(text.match(/HTTP\/1.1 200 OK/g)?.length, 1);
});

test('startFaultServer: error and retry-after affect the first request of a path only', async (t) => {
  const error = await start(t, 'error:status=502');
  const statuses = [await ask(`${error.url}/bytes/1/a`), await ask(`${error.url}/bytes/1/a`)];
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [502, 200],
  );
  const later = await start(t, 'retry-after:wait=3s,times=2', 'retry-after:wait=3s,times=2');
  const { status, headers } = await ask(`${later.url}/bytes/1/a`);
  assert.deepEqual([status, headers['retry-after']], [429, '3']);
});

test('startFaultServer: retry-after as a date is not before the time is over', async (t) => {
  const { url } = await start(t, 'retry-after:form=date,wait=10s,status=503');
  const before = Date.now();
  const { status, headers } = await ask(`${url}/bytes/1/a`);
  const until = Date.parse(headers['retry-after'] ?? '');
  assert.equal(status, 503);
  assert.ok(until >= before + 10_000 && until < Date.now() + 11_001, `${until}`);
});

test('startFaultServer: redirects lead where they say', async (t) => {
  const locationOf = async (fault: string, path = '/bytes/1/a') => {
    const { url } = await start(t, fault);
    return (await ask(`${url}${path}`)).headers.location;
  };
  assert.equal(await locationOf('redirect-chain'), '/bytes/1/a?step=1');
  assert.equal(await locationOf('redirect-chain', '/bytes/1/a?step=5'), undefined);
  assert.equal(await locationOf('redirect-loop'), '/bytes/1/a?again=');
  assert.equal(await locationOf('redirect-loop', '/bytes/1/a?again='), '/bytes/1/a');
  assert.equal(await locationOf('redirect-file'), 'file:///etc/hostname');
  assert.equal(await locationOf('redirect-private'), 'http://169.254.169.254/latest/meta-data/');
  assert.match(
    (await locationOf('redirect-origin')) ?? '',
    /^http:\/\/127\.0\.0\.1:\d+\/bytes\/1\/a$/,
  );
});

for (const [fault, range] of [
  ['wrong-range', 'bytes 301-999/1000'],
  ['wrong-range:range=total', 'bytes 300-999/2000'],
  ['wrong-range:range=missing', undefined],
  ['wrong-range:range=garbage', 'bytes some of them'],
] as const) {
  test(`startFaultServer: ${fault} answers a range with ${range}`, async (t) => {
    const heard = await listen(await start(t, fault), 'range: bytes=300-\r\nconnection: close\r\n');
    assert.match(heard.text, /^HTTP\/1.1 206 /);
    assert.equal(/content-range: (.*)\r\n/i.exec(heard.text)?.[1], range);
    assert.equal(bodyIn(heard).length, 700);
  });
}

test('startFaultServer: ignore-range, refuse-if-range and changing-etag do as they say', async (t) => {
  const resume = 'range: bytes=300-\r\nif-range: "x"\r\nconnection: close\r\n';
  const answer = async (fault: string) => (await listen(await start(t, fault), resume)).text;
  assert.match(await answer('ignore-range'), /^HTTP\/1.1 200 /);
  assert.match(await answer('refuse-if-range'), /^HTTP\/1.1 412 /);
  assert.match(await answer('refuse-if-range:status=400'), /^HTTP\/1.1 400 /);
  const { url } = await start(t, 'changing-etag');
  const tags = [await ask(`${url}/bytes/1/a`), await ask(`${url}/bytes/1/a`)];
  assert.equal(new Set(tags.map(({ headers }) => headers.etag)).size, 2);
});

test('startFaultServer: wrong-digest sends the digest of the right body, and another body', async (t) => {
  const [wrong, right] = [await start(t, 'wrong-digest'), await start(t, 'empty:times=1')];
  const given = await ask(`${wrong.url}/bytes/1000/a`);
  await ask(`${right.url}/bytes/1000/a`);
  const honest = await ask(`${right.url}/bytes/1000/a`);
  assert.match(String(given.headers['repr-digest']), /^sha-256=:.{44}:$/);
  assert.equal(given.body.length, honest.body.length);
  assert.notDeepEqual(given.body, honest.body);
});

test('startFaultServer: wrong-encoding and empty', async (t) => {
  const claim = await start(t, 'wrong-encoding:claim=br');
  assert.equal((await ask(`${claim.url}/bytes/9/a`)).headers['content-encoding'], 'br');
  const nothing = await start(t, 'empty');
  const { status, body } = await ask(`${nothing.url}/bytes/9/a`);
  assert.deepEqual([status, body.length], [200, 0]);
});

test('startFaultServer: gzip-bomb is as large as it says, once decoded', async (t) => {
  const { url } = await start(t, 'gzip-bomb:size=20M');
  const { body } = await ask(`${url}/bytes/9/a`);
  assert.ok(body.length < 100_000, String(body.length));
  assert.equal(gunzipSync(body).length, 20_000_000);
});

for (const [fault, expected] of [
  ['long-header:bytes=100k', /x-long: x{100000}\r\n/],
  ['many-headers:count=500', /x-0: y\r\n(x-\d+: y\r\n)+x-499: y\r\n/],
  ['bad-status-line', /^HTTP\/1.1 two hundred fine\r\n/],
  ['http-0.9', /^(?!HTTP)/],
  ['reason-phrase', /^HTTP\/1.1 500 \p{Cc}\[2J/u],
  [
    'content-disposition',
    /content-disposition: attachment; filename="\.\.\/\.\.\/escaped.txt"\r\n/,
  ],
  ['content-disposition:name=raw', /filename="\xe9\xff\.gif"/],
] as const) {
  test(`startFaultServer: ${fault} is sent as raw bytes`, async (t) => {
    const { text, error } = await listen(await start(t, fault));
    assert.match(text, expected);
    assert.equal(error, undefined);
  });
}

test('startFaultServer: trailing-garbage follows a whole response', async (t) => {
  const heard = await listen(await start(t, 'trailing-garbage:bytes=xyz'), '', 60);
  assert.equal(bodyIn(heard).length, 1_003);
  assert.ok(heard.text.endsWith('xyz'));
});

test('startFaultServer: other requests are answered honestly, and unknown paths with 404', async () => {
  await using server = await startFaultServer({ faults: ['empty'], rate: 0, seed: 1 });
  assert.equal((await ask(`${server.url}/bytes/9/a`)).body.length, 9);
  assert.equal((await ask(`${server.url}/nothing`)).status, 404);
  assert.deepEqual(server.stats.byStatus, { 200: 1, 404: 1 });
});

test('startFaultServer: the URLs of unresolvable and nobody-listens lead to no server', async (t) => {
  const gone = await start(t, 'nobody-listens');
  await assert.rejects(ask(gone.url), { code: 'ECONNREFUSED' });
  assert.equal(new URL((await start(t, 'unresolvable')).url).hostname, 'no-such-host.invalid');
});

for (const [options, message] of [
  [{ faults: ['nope'] }, /no fault 'nope'/],
  [{ faults: ['empty'], rate: 2 }, /rate must be from 0 to 1/],
  [{ faults: ['empty'], seed: -1 }, /seed must be/],
  [{ faults: ['empty'], port: 70_000 }, /port must be/],
] as const) {
  test(`startFaultServer: refuses ${JSON.stringify(options)}`, async () => {
    await assert.rejects(startFaultServer(options), { name: 'RangeError', message });
  });
}
