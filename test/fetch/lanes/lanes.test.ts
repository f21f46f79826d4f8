import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { createTask } from '../../../src/concurrency/task.ts';
import { Lanes } from '../../../src/fetch/lanes/lanes.ts';
import { HttpStatusError } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import type { BodyWriter, ResponseHead } from '../../../src/model/response.ts';
import { until } from '../../server/ask.ts';
import { serveHttp } from '../../support/tiny-server.ts';

/** A body that is kept. */
class Kept implements BodyWriter {
  head: ResponseHead | undefined;
  readonly pieces: Buffer[] = [];

  begin(head: ResponseHead): void {
    this.head = head;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.pieces.push(Buffer.from(chunk));
    return undefined;
  }

  get whole(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

function lanesOf(t: TestContext, count = 2, options = {}): Lanes {
  const lanes = new Lanes(count, { maxConnections: 20, ...options });
  t.after(() => lanes[Symbol.asyncDispose]());
  return lanes;
}

test('Lanes: bodies come as they were sent, with their heads and timings', async (t) => {
  const { url } = await serveHttp(t, (request, response) => {
    response.setHeader('etag', `"${request.url}"`).end(`body of ${request.url}`);
  });
  const lanes = lanesOf(t);
  await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const body = new Kept();
      const { head, bytes, timings } = await lanes.get({ url: `${url}/${i}` }, body, {});
      assert.equal(body.whole.toString(), `body of /${i}`);
      assert.deepEqual([head.etag, head, bytes], [`"/${i}"`, body.head, body.whole.length]);
      assert.ok(timings.sent <= timings.firstByte && timings.firstByte <= timings.end);
    }),
  );
});

test('Lanes: a long body comes in pieces, and no faster than it is taken', async (t) => {
  const long = Buffer.alloc(20_000_000, 'all work and no play ');
  const { url } = await serveHttp(t, (_, response) => response.end(long));
  const lanes = lanesOf(t, 1);
  const disk = Promise.withResolvers<void>();
  const body = new Kept();
  body.write = (chunk) => {
    body.pieces.push(Buffer.from(chunk));
    return disk.promise;
  };
  const received = lanes.get({ url }, body, {});
  await until(() => body.pieces.length > 0);
  // What was on its way comes still; then nothing, however long the disk takes.
  let before = -1;
  while (before !== body.pieces.length) {
    before = body.pieces.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(body.whole.length < long.length);
  disk.resolve();
  assert.equal((await received).bytes, long.length);
  assert.ok(body.whole.equals(long));
});

test('Lanes: failures are those that they would be without', async (t) => {
  const { url } = await serveHttp(t, (request, response) => {
    if (request.url === '/503') response.writeHead(503, { 'retry-after': '7' }).end('busy');
    else if (request.url === '/short') response.writeHead(200, { 'content-length': 9 }).write('x');
    if (request.url === '/short') setImmediate(() => response.destroy());
    else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
  });
  const lanes = lanesOf(t, 1);
  const failure = async (path: string) => {
    const error = await lanes.get({ url: path }, new Kept(), {}).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error);
    return error;
  };
  const busy = await failure(`${url}/503`);
  assert.ok(busy instanceof HttpStatusError);
  assert.deepEqual([busy.status, busy.retryAfter], [503, 7_000]);
  assert.equal(reasonOf(await failure(`${url}/short`)), 'truncated');
  assert.equal(reasonOf(await failure(`${url}/loop`)), 'redirect-loop');
  assert.equal(reasonOf(await failure('http://127.0.0.1:9/')), 'connect');
  assert.equal(reasonOf(await failure('nonsense')), 'bad-url');
});

test('Lanes: giving a request up ends it at the server', async (t) => {
  const { url } = await serveHttp(t, async (request, response) => {
    response.write('x');
    await once(request.socket, 'close');
    closed = true;
  });
  let closed = false;
  const lanes = lanesOf(t, 1);
  const body = new Kept();
  const task = createTask(() => lanes.get({ url }, body, {}));
  await until(() => body.pieces.length === 1);
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  await until(() => closed);
});

test('Lanes: what the body throws fails the request, and ends it', async (t) => {
  const { url, sockets } = await serveHttp(t, (_, response) => void response.write('x'));
  const lanes = lanesOf(t, 1);
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  for (const method of ['begin', 'write'] as const) {
    const body = new Kept();
    body[method] = () => {
      throw full;
    };
    await assert.rejects(lanes.get({ url }, body, {}), (error) => error === full);
  }
  await until(() => sockets.size === 0);
});

test('Lanes: all their connections together are no more than asked for', async (t) => {
  let most = 0;
  const server = await serveHttp(t, (_, response) => {
    most = Math.max(most, server.sockets.size);
    setImmediate(() => response.end('x'));
  });
  const lanes = lanesOf(t, 2, { maxConnections: 6 });
  await Promise.all(
    Array.from({ length: 200 }, () => lanes.get({ url: server.url }, new Kept(), {})),
  );
  assert.ok(most > 1 && most <= 6, `${most}`);
});

test('Lanes: options that are wrong are an error at once', () => {
  assert.throws(() => new Lanes(0, {}), RangeError);
  assert.throws(() => new Lanes(1, { maxRedirects: -1 }), RangeError);
});

test('dispose: what is in flight fails', async (t) => {
  const { url } = await serveHttp(t, () => {});
  const lanes = new Lanes(2, {});
  const waiting = lanes.get({ url }, new Kept(), {});
  const failed = assert.rejects(waiting);
  await new Promise((resolve) => setImmediate(resolve));
  await lanes[Symbol.asyncDispose]();
  await failed;
});

for (const [how, kill] of [
  // It cannot take a message that is none.
  ['by an error', (worker: Worker) => worker.postMessage(null)],
  ['all at once', (worker: Worker) => worker.terminate()],
] as const) {
  test(`Lanes: a thread that dies ${how} fails what it had in flight, the others go on`, async (t) => {
    let arrived = 0;
    const { url } = await serveHttp(t, (request, response) => {
      arrived++;
      if (request.url !== '/hang') response.end('GIF');
    });
    const making = Promise.withResolvers<Worker>();
    process.once('worker', making.resolve);
    const lanes = new Lanes(2, { maxConnections: 20 });
    const worker = await making.promise;
    const exited = once(worker, 'exit').catch(() => {});
    // One to each thread; the first one goes to the first.
    const lost = assert.rejects(
      lanes.get({ url: `${url}/hang` }, new Kept(), {}),
      /iterable|has ended/,
    );
    const kept = createTask(() => lanes.get({ url: `${url}/hang` }, new Kept(), {}));
    await until(() => arrived === 2);
    kill(worker);
    await lost;
    await exited;
    for (let n = 0; n < 3; n++) {
      const body = new Kept();
      await lanes.get({ url: `${url}/${n}` }, body, {});
      assert.equal(body.whole.toString(), 'GIF');
    }
    assert.equal(kept.done(), false);
    kept.cancel();
    await assert.rejects(kept, { name: 'CancelledError' });
    // No unhandled failure is left of the one that is gone.
    await lanes[Symbol.asyncDispose]();
  });
}
