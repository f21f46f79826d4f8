import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { DEADLINES } from '../../src/model/options.ts';
import type { BodyWriter } from '../../src/model/response.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { deadlineClock } from '../support/deadline-clock.ts';
import { serveBytes, serveHttp } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';
import { get, getInto } from './get.ts';

test('HttpClient.get: timeout-first-byte when no head comes in time', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const { url } = await serveHttp(t, () => arrived.resolve());
  const { now, elapse } = deadlineClock(t);
  const getting = get({ url }, {}, { now });
  const late = assert.rejects(getting, withReason('timeout-first-byte'));
  await arrived.promise;
  elapse(DEADLINES.firstByte + 1000);
  await late;
});

test('HttpClient.get: timeout-idle when the body stops', async (t) => {
  const { url } = await serveHttp(t, (_, response) => response.write('GIF'));
  const started = Promise.withResolvers<void>();
  const body: BodyWriter = {
    begin() {},
    write() {
      started.resolve();
      return undefined;
    },
  };
  const { now, elapse } = deadlineClock(t);
  const late = assert.rejects(getInto(body, { url }, {}, { now }), withReason('timeout-idle'));
  await started.promise;
  elapse(DEADLINES.idle + 1000);
  await late;
});

test('HttpClient.get: no timeout-idle while the disk is slow', async (t) => {
  const { url } = await serveHttp(t, (_, response) => {
    response.write('GIF', () => response.end('89a'));
  });
  const disk = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const { now, elapse } = deadlineClock(t);
  const slow: BodyWriter = {
    begin() {},
    write() {
      started.resolve();
      return disk.promise;
    },
  };
  const received = getInto(slow, { url }, {}, { now });
  await started.promise;
  elapse(DEADLINES.idle + 1000);
  disk.resolve();
  assert.equal((await received).bytes, 6);
});

test('HttpClient.get: timeout-connect when a handshake does not end', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const { port } = await serveBytes(t, () => arrived.resolve());
  const { now, elapse } = deadlineClock(t);
  const failing = get({ url: `https://127.0.0.1:${port}/` }, {}, { now });
  const late = assert.rejects(failing, withReason('timeout-connect'));
  await arrived.promise;
  elapse(DEADLINES.connect + 1000);
  await late;
});

test('HttpClient.get: fails with what the body throws', async (t) => {
  const server = await serveHttp(t, (_, response) => response.write('GIF'));
  const broken: BodyWriter = {
    begin() {},
    write() {
      throw new RangeError('no more room');
    },
  };
  await using client = new HttpClient({}, { maxConnections: 1 });
  await assert.rejects(client.get({ url: server.url }, broken, {}), { message: 'no more room' });
  await until(() => server.sockets.size === 0);
});

test('HttpClient.get: an abort ends the request, on the server too', async (t) => {
  const stopping = new AbortController();
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { url } = await serveHttp(t, (_, response) => {
    response.once('close', left.resolve);
    arrived.resolve();
  });
  await using client = new HttpClient({}, { maxConnections: 1 });
  const failing = client.get({ url }, new Body(), { signal: stopping.signal });
  const stopped = new Error('stopped');
  const ended = assert.rejects(failing, (error) => error === stopped);
  await arrived.promise;
  stopping.abort(stopped);
  await ended;
  await left.promise;
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});

test('HttpClient.get: cancelling its task ends the request, on the server too', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { url } = await serveHttp(t, (_, response) => {
    response.once('close', left.resolve);
    response.write('GIF', () => arrived.resolve());
  });
  await using client = new HttpClient({}, { maxConnections: 1 });
  const task = createTask(() => client.get({ url }, new Body(), {}));
  await arrived.promise;
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  await left.promise;
});

test('HttpClient.get: sends nothing when it was aborted before', async (t) => {
  let requests = 0;
  const { url } = await serveHttp(t, (_, response) => {
    requests++;
    response.end('GIF');
  });
  await using client = new HttpClient({}, { maxConnections: 1 });
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(client.get({ url: `${url}/1` }, new Body(), { signal }), {
    message: 'stopped',
  });
  await client.get({ url: `${url}/2` }, new Body(), {});
  assert.equal(requests, 1);
});

test('HttpClient.get: a slow body makes 50 MB wait, outside of memory', async (t) => {
  const size = 50 * 1024 * 1024;
  const piece = Buffer.alloc(1024 * 1024);
  const { url } = await serveHttp(t, (_, response) => {
    response.setHeader('content-length', size);
    let left = size;
    const more = () => {
      while (left > 0) {
        left -= piece.length;
        if (!response.write(piece)) return;
      }
      response.end();
    };
    response.on('drain', more);
    more();
  });
  let pausing = false;
  let longest = 0;
  const slow: BodyWriter = {
    begin() {},
    async write(chunk) {
      assert.equal(pausing, false, 'nothing comes in a pause');
      pausing = true;
      longest = Math.max(longest, chunk.byteLength);
      await new Promise((resolve) => setImmediate(resolve));
      pausing = false;
    },
  };
  const { bytes } = await getInto(slow, { url });
  assert.equal(bytes, size);
  assert.ok(longest <= 1024 * 1024, `${longest} bytes at once`);
});

test('HttpClient: disposal closes its connections', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  {
    await using client = new HttpClient({}, { maxConnections: 2 });
    await Promise.all([1, 2].map(() => client.get({ url: server.url }, new Body(), {})));
    assert.equal(server.sockets.size, 2);
  }
  await until(() => server.sockets.size === 0);
});

test('HttpClient: disposal fails requests in flight', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const server = await serveHttp(t, () => arrived.resolve());
  const client = new HttpClient({}, { maxConnections: 1 });
  const cut = assert.rejects(client.get({ url: server.url }, new Body(), {}));
  await arrived.promise;
  await client[Symbol.asyncDispose]();
  await cut;
  await until(() => server.sockets.size === 0);
});
