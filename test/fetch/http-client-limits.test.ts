import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { classifyResponse, type Expectation } from '../../src/fetch/classify-response.ts';
import { Exchange } from '../../src/fetch/exchange.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { TooLargeError } from '../../src/model/file-errors.ts';
import { reasonOf } from '../../src/model/reason.ts';
import type { BodyWriter } from '../../src/model/response.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { deadlineClock } from '../support/deadline-clock.ts';
import { serveHttp } from '../support/tiny-server.ts';

function reason(expected: string) {
  return (error: unknown) => {
    assert.equal(reasonOf(error), expected, String(error));
    return true;
  };
}

test('HttpClient.get: too-large by the announced length, before anything is taken', async (t) => {
  const server = await serveHttp(t, (_, response) => {
    response.setHeader('content-length', 1_000_000);
    response.write('GIF');
  });
  await using client = new HttpClient({ maxSize: 999_999 });
  const body = new Body();
  await assert.rejects(client.get({ url: server.url }, body, {}), (error) => {
    assert.ok(error instanceof TooLargeError);
    assert.match(error.message, /1000000 bytes long/);
    return true;
  });
  assert.deepEqual(body.heads, []);
});

test('HttpClient.get: too-large by what comes, and the connection is closed', async (t) => {
  const server = await serveHttp(t, (_, response) => {
    const more = () => {
      while (response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  await using client = new HttpClient({ maxSize: 100_000 });
  const body = new Body();
  await assert.rejects(client.get({ url: server.url }, body, {}), reason('too-large'));
  assert.ok(body.text.length <= 100_000);
  await until(() => server.sockets.size === 0);
});

test('HttpClient.get: accepts a file of the largest size, including its part', async (t) => {
  const { url } = await serveHttp(t, (request, response) => {
    if (request.headers.range === undefined) response.end('GIF89a');
    else response.writeHead(206, { 'content-range': 'bytes 3-5/6' }).end('89a');
  });
  await using client = new HttpClient({ maxSize: 6 });
  assert.equal((await client.get({ url }, new Body(), {})).bytes, 6);
  const part = { bytes: 3, etag: '"x"' };
  assert.equal((await client.get({ url, part }, new Body(), {})).bytes, 3);
  await using picky = new HttpClient({ maxSize: 5 });
  await assert.rejects(picky.get({ url, part }, new Body(), {}), reason('too-large'));
});

test('HttpClient.get: too-large counts the part, even without a total', async (t) => {
  const { url } = await serveHttp(t, (_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 3-5/*' }).end('89a');
  });
  await using client = new HttpClient({ maxSize: 5 });
  const part = { bytes: 3, etag: '"x"', length: 6 };
  await assert.rejects(client.get({ url, part }, new Body(), {}), reason('too-large'));
});

for (const [step, late, respond] of [
  ['firstByte', 'timeout-first-byte', () => {}],
  ['idle', 'timeout-idle', (response: ServerResponse) => void response.write('GIF')],
] as const) {
  test(`HttpClient.get: ${late} after the given time, not before`, async (t) => {
    const server = await serveHttp(t, (_, response) => respond(response));
    const { now, elapse } = deadlineClock(t);
    await using client = new HttpClient({ deadlines: { [step]: 6000 } }, { now });
    const body = new Body();
    let over = false;
    const failing = assert.rejects(client.get({ url: server.url }, body, {}), reason(late));
    failing.then(() => {
      over = true;
    });
    await until(() => server.sockets.size === 1 && (late !== 'timeout-idle' || body.text !== ''));
    await new Promise((resolve) => setImmediate(resolve));
    elapse(4500);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(over, false);
    elapse(3000);
    await failing;
  });
}

const ANY: Expectation = {
  url: 'http://h/',
  offset: 0,
  part: undefined,
  decode: false,
  maxSize: Infinity,
};

/** An exchange under way, with the test as its server. */
function exchangeOf(body: BodyWriter) {
  const exchange = new Exchange(body, {
    classify: (head) => classifyResponse(head, ANY, () => 0),
    maxSize: ANY.maxSize,
    speed: { lowest: 100, window: 10_000 },
    since: 0,
  });
  const aborted: string[] = [];
  const received = exchange.begin(undefined);
  exchange.steer({ abort: () => aborted.push('abort'), pause() {}, resume() {} });
  exchange.onHead({ status: 200, statusText: 'OK', headers: {} });
  const send = (length: number) => exchange.onData(Buffer.alloc(length));
  return { exchange, received, send, aborted };
}

test('Exchange: too-slow when a whole window brings too little', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { received, send, aborted } = exchangeOf(new Body());
  send(999);
  send(1);
  t.mock.timers.tick(10_000);
  assert.deepEqual(aborted, []);
  send(999);
  const failed = assert.rejects(received, {
    name: 'TooSlowError',
    message: 'only 999 bytes came in 10 s',
    reason: 'too-slow',
  });
  t.mock.timers.tick(10_000);
  await failed;
  assert.equal(aborted.length, 1);
});

test('Exchange: a window in which the disk was slow does not count', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const disk = Promise.withResolvers<void>();
  const { exchange, received, send, aborted } = exchangeOf({
    begin() {},
    write: () => disk.promise,
  });
  send(1);
  t.mock.timers.tick(20_000);
  disk.resolve();
  await disk.promise;
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(10_000);
  assert.deepEqual(aborted, []);
  exchange.onEnd();
  await received;
  t.mock.timers.tick(60_000);
  assert.deepEqual(aborted, []);
});

test('Exchange: nothing is watched after it was given up', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { exchange, received, aborted } = exchangeOf(new Body());
  exchange.fail(new Error('given up'));
  await assert.rejects(received, { message: 'given up' });
  t.mock.timers.tick(60_000);
  assert.deepEqual(aborted, []);
});

test('HttpClient.get: a body that pauses for each piece, and resumes at once, is complete', async (t) => {
  const sent = Buffer.alloc(1_000_000, 'piece by piece');
  const { url } = await serveHttp(t, (_, response) => response.end(sent));
  await using client = new HttpClient();
  const pieces: Buffer[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => {
    pieces.push(Buffer.from(chunk));
  };
  await client.get({ url }, { begin() {}, write }, {});
  assert.deepEqual(Buffer.concat(pieces), sent);
});

for (const [type, body, reason] of [
  ['image/png', 'GIF89a\x01\x00\x01\x00\x80\x00\x00', undefined],
  [undefined, 'GIF89a\x01\x00\x01\x00\x80\x00\x00', undefined],
  ['image/png', `<!doctype html>${' '.repeat(9000)}`, 'wrong-type'],
  ['image/png', 'Please log in', 'wrong-type'],
  [undefined, 'Please log in', 'wrong-type'],
  ['text/html', 'GIF89a', 'wrong-type'],
] as const) {
  test(`HttpClient.get: with image/* ${reason ?? 'takes'} ${JSON.stringify(body.slice(0, 20))} said to be ${type}`, async (t) => {
    const server = await serveHttp(t, (_, response) => {
      if (type !== undefined) response.setHeader('content-type', type);
      response.end(body);
    });
    await using client = new HttpClient({ accept: ['image/*'] });
    const got = client.get({ url: server.url }, new Body(), {});
    if (reason === undefined) assert.equal((await got).bytes, Buffer.byteLength(body));
    else await assert.rejects(got, (error) => reasonOf(error) === reason);
  });
}

test('HttpClient.get: the type shows in the first bytes, so a part with few of them is left', async (t) => {
  const ranges: (string | undefined)[] = [];
  const server = await serveHttp(t, (request, response) => {
    ranges.push(request.headers.range);
    response.setHeader('content-type', 'image/png');
    response.end('<!doctype html><p>Please log in');
  });
  await using client = new HttpClient({ accept: ['image/*'] });
  const request = { url: server.url, part: { bytes: 5, etag: '"1"' } };
  await assert.rejects(client.get(request, new Body(), {}), reason('wrong-type'));
  assert.deepEqual(ranges, [undefined]);
});
