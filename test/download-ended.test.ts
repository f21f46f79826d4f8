// Slow: starts threads.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { Event } from '../src/concurrency/event.ts';
import { createTask } from '../src/concurrency/index.ts';
import { sleep } from '../src/concurrency/sleep.ts';
import { until } from './server/ask.ts';
import { downloadsInto, EndlessRows, nameOf } from './support/plain-downloads.ts';
import { serveHttp } from './support/tiny-server.ts';

/** A server that begins every response, and ends only those that the test ends. */
async function serveEndless(t: TestContext) {
  const open = new Set<ServerResponse>();
  let requests = 0;
  const server = await serveHttp(t, (_, response) => {
    requests++;
    open.add(response);
    response.once('close', () => open.delete(response));
    // Larger than the bodies that are held in memory, so that there is a file to remove.
    response.setHeader('content-length', 1_000_000);
    response.write(Buffer.alloc(200_000));
  });
  return { ...server, open, requests: () => requests };
}

/** Waits until the bodies of so many requests go to disk. */
async function untilFiles(list: () => Promise<string[]>, count: number): Promise<void> {
  while ((await list()).length < count);
}

for (const kind of ['sync', 'async'] as const) {
  const read = (rows: EndlessRows) => (kind === 'sync' ? rows : rows.asynchronously());

  test(`download: the signal cancels requests in flight and stops reading a ${kind} source`, async (t) => {
    const { list, start } = await downloadsInto(t);
    const server = await serveEndless(t);
    const stopping = new AbortController();
    const rows = new EndlessRows(server.url);
    const running = Array.fromAsync(start(read(rows), { maxRequests: 3, signal: stopping.signal }));
    await untilFiles(list, 3);
    await until(() => rows.pulled === 3);
    stopping.abort();
    const outcomes = await running;
    assert.equal(rows.pulled, 3);
    assert.ok(rows.closed);
    assert.deepEqual(
      outcomes.map(({ item }) => item.index).sort((a, b) => a - b),
      Array.from({ length: 3 }, (_, i) => i),
    );
    for (const { status, reason, error } of outcomes) {
      assert.deepEqual([status, reason, error], ['cancelled', 'cancelled', undefined]);
    }
    assert.deepEqual(await list(), []);
    await until(() => server.open.size === 0 && server.sockets.size === 0);
    assert.equal(server.requests(), 3);
    assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
  });

  test(`download: an aborted signal reads nothing of a ${kind} source`, async (t) => {
    const { list, start } = await downloadsInto(t);
    const server = await serveEndless(t);
    const rows = new EndlessRows(server.url);
    assert.deepEqual(await Array.fromAsync(start(read(rows), { signal: AbortSignal.abort() })), []);
    assert.deepEqual([rows.pulled, server.requests(), await list()], [0, 0, []]);
  });

  test(`download: breaking out of the loop cancels, cleans up and closes a ${kind} source`, async (t) => {
    const { list, start } = await downloadsInto(t);
    const server = await serveEndless(t);
    const rows = new EndlessRows(server.url);
    let taken = 0;
    const looping = (async () => {
      for await (const { status } of start(read(rows), { maxRequests: 3 })) {
        assert.equal(status, 'ok');
        taken++;
        break;
      }
    })();
    await untilFiles(list, 3);
    const [one] = server.open;
    one?.end(Buffer.alloc(800_000));
    await looping;
    assert.equal(taken, 1);
    assert.ok(rows.closed);
    assert.equal((await list()).length, 1);
    assert.deepEqual(
      (await list()).filter((name) => name.endsWith('.part')),
      [],
    );
    await until(() => server.open.size === 0 && server.sockets.size === 0);
  });

  test(`download: an error of a ${kind} source is thrown, after the outcomes of the rows before it`, async (t) => {
    const { list, start } = await downloadsInto(t);
    const { url } = await serveHttp(t, (_, response) => {
      setTimeout(() => response.end('GIF'), 20);
    });
    const broken = new Error('line 4 is broken');
    function* rows() {
      for (const n of [0, 1, 2]) yield `${url}/${n}`;
      throw broken;
    }
    async function* asyncRows() {
      yield* rows();
    }
    const statuses: string[] = [];
    await assert.rejects(
      async () => {
        const outcomes = start(kind === 'sync' ? rows() : asyncRows());
        for await (const { status } of outcomes) statuses.push(status);
      },
      (error) => error === broken,
    );
    assert.deepEqual(statuses, ['ok', 'ok', 'ok']);
    assert.deepEqual(await list(), ['0', '1', '2']);
  });
}

test('download: the signal ends a source that is stuck, and closes it', async (t) => {
  const { start } = await downloadsInto(t);
  const { url } = await serveHttp(t, (_, response) => response.end('GIF'));
  const stopping = new AbortController();
  let asked = 0;
  let returned = 0;
  const rows: AsyncIterableIterator<string> = {
    next: () =>
      asked++ === 0
        ? Promise.resolve({ done: false, value: `${url}/0` })
        : new Promise<never>(() => {}),
    async return() {
      returned++;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  const outcomes = start(rows, { signal: stopping.signal });
  assert.equal((await outcomes.next()).value?.status, 'ok');
  const next = outcomes.next();
  await until(() => asked === 2);
  stopping.abort();
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(returned, 1);
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});

test('download: breaking out of the loop does not wait for a source that is stuck', async (t) => {
  const { list, start } = await downloadsInto(t);
  const { url } = await serveHttp(t, (_, response) => response.end('GIF'));
  let isStuck = false;
  async function* rows() {
    yield `${url}/0`;
    isStuck = true;
    await new Promise<never>(() => {});
  }
  for await (const { status } of start(rows())) {
    assert.equal(status, 'ok');
    await until(() => isStuck);
    break;
  }
  assert.deepEqual(await list(), ['0']);
});

test('download: the deadline of a row does not hold for the source', async (t) => {
  const { start } = await downloadsInto(t);
  const { url } = await serveHttp(t, (request, response) =>
    response.writeHead(request.url === '/busy' ? 503 : 200).end('GIF'),
  );
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(Math, 'random', () => 0.999);
  let isPausing = false;
  async function* rows() {
    yield `${url}/busy`;
    isPausing = true;
    await sleep(500);
    yield `${url}/0`;
  }
  // The source is read on at the moment when the first row has failed and waits for its next try.
  const running = Array.fromAsync(start(rows(), { maxRequests: 1, rowTimeout: 200 }));
  await until(() => isPausing);
  t.mock.timers.tick(200);
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(300);
  const outcomes = await running;
  assert.deepEqual(
    outcomes.map((outcome) => [nameOf(outcome), outcome.reason ?? outcome.status]),
    [
      ['busy', 'timeout-total'],
      ['0', 'ok'],
    ],
  );
});

test('download: cancelling the consuming task cancels the run and cleans up', async (t) => {
  const { list, start } = await downloadsInto(t);
  const server = await serveEndless(t);
  const rows = new EndlessRows(server.url);
  const task = createTask(async () => {
    for await (const { status } of start(rows, { maxRequests: 2 })) assert.fail(status);
  });
  await untilFiles(list, 2);
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  assert.ok(task.cancelled() && rows.closed);
  assert.deepEqual(await list(), []);
  await until(() => server.open.size === 0 && server.sockets.size === 0);
});

test('download: a consumer cancelled while busy elsewhere cancels the run, too', async (t) => {
  const { list, start } = await downloadsInto(t);
  const server = await serveEndless(t);
  const busy = new Event();
  const rows = [...new EndlessRows(server.url)[Symbol.iterator]().take(3)];
  const task = createTask(async () => {
    for await (const _ of start(rows)) {
      busy.set();
      await new Event().wait();
    }
  });
  await untilFiles(list, 3);
  const [one] = server.open;
  one?.end(Buffer.alloc(800_000));
  await busy.wait();
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  assert.equal((await list()).length, 1);
  await until(() => server.open.size === 0 && server.sockets.size === 0);
});
