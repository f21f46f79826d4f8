// Slow: starts threads.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { Event } from '../src/concurrency/event.ts';
import { createTask } from '../src/concurrency/index.ts';
import { sleep } from '../src/concurrency/sleep.ts';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import { MOST_POPULOUS } from '../src/flags/country-codes.ts';
import { selectCodes } from '../src/flags/select-codes.ts';
import { flagRow } from '../src/flags/sites.ts';
import { HttpStatusError } from '../src/model/failure.ts';
import type { Row } from '../src/model/item.ts';
import type { Outcome } from '../src/model/outcome.ts';
import { RowError } from '../src/model/row-error.ts';
import { OutcomeAudit } from '../src/observe/outcome-audit.ts';
import { EMPTY_TALLY } from '../src/observe/tally.ts';
import { startFlagServer } from '../src/server/flag-server.ts';
import { listenOnLoopback } from '../src/server/loopback.ts';
import { ask, until } from './server/ask.ts';
import { HeldSink } from './support/held-sink.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

const ASSETS = new URL('../assets/flags/', import.meta.url);

type Options = Omit<DownloadOptions, 'directory'>;

/** Downloads into a directory of the test's own. */
async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const list = () => readdir(directory);
  const start = (rows: Iterable<Row> | AsyncIterable<Row>, options: Options = {}) =>
    download(rows, { directory, ...options });
  return { directory, list, start };
}

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

/** Endless rows that count how many were read, and record whether they were closed. */
class Rows {
  pulled = 0;
  closed = false;
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  *[Symbol.iterator](): Generator<string> {
    try {
      for (;;) yield `${this.#base}/${this.pulled++}`;
    } finally {
      this.closed = true;
    }
  }

  async *asynchronously(): AsyncGenerator<string> {
    yield* this;
  }
}

function byName({ item }: Outcome): string {
  return item.url.slice(item.url.lastIndexOf('/') + 1);
}

/** Waits until the bodies of so many requests go to disk. */
async function untilFiles(list: () => Promise<string[]>, count: number): Promise<void> {
  while ((await list()).length < count);
}

test('download: the flags of the 20 most populous countries, byte for byte', async (t) => {
  const { directory, list, start } = await setUp(t);
  await using server = await startFlagServer({ label: 'LOCAL', port: 0 });
  const codes = MOST_POPULOUS.map((code) => code.toLowerCase());
  const rows = codes.map((cc) => `${server.url}/${cc}/${cc}.gif`);
  const outcomes = await Array.fromAsync(start(rows, { maxRequests: 20 }));
  assert.deepEqual(
    outcomes.map(({ item }) => item.index).sort((a, b) => a - b),
    [...rows.keys()],
  );
  for (const { item, status, path, bytes, httpStatus } of outcomes) {
    const name = `${codes[item.index]}.gif`;
    assert.deepEqual([status, path, httpStatus], ['ok', join(directory, name), 200]);
    const saved = await readFile(join(directory, name));
    assert.ok(saved.equals(await readFile(new URL(name, ASSETS))), name);
    assert.equal(bytes, saved.length);
  }
  assert.deepEqual(await list(), codes.map((cc) => `${cc}.gif`).sort());
});

for (const maxRequests of [undefined, 1, 7, 40]) {
  test(`download: ${maxRequests ?? 'by default 5'} requests are in flight, and never more`, async (t) => {
    const most = maxRequests ?? 5;
    const { start } = await setUp(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    await using server = await startFlagServer({ label: 'DELAY', port: 0 });
    const rows = Array.from({ length: 100 }, (_, i) => ({
      url: `${server.url}/br/br.gif`,
      name: `${i}`,
    }));
    const outcomes = Array.fromAsync(start(rows, { maxRequests }));
    for (let answered = 0; answered < rows.length; ) {
      const arrived = Math.min(answered + most, rows.length);
      await until(() => server.stats.requests >= arrived);
      // Any further requests on their way would arrive before the probe's answer.
      await ask(new URL('/', server.url));
      assert.equal(server.stats.requests, arrived);
      t.mock.timers.tick(500);
      answered = arrived;
    }
    assert.equal((await outcomes).length, 100);
    assert.equal(server.stats.maxInFlight, most);
  });
}

test('download: the counts of 676 rows are those of the server', async (t) => {
  const { list, start } = await setUp(t);
  const options = { port: 0, errorRate: 0.25, lateRate: 0, seed: 7 };
  await using server = await startFlagServer({ label: 'ERROR', ...options });
  const codes = selectCodes({ codes: [], every: true });
  const audit = new OutcomeAudit(codes);
  const rows = codes.map((code) => flagRow({ label: 'ERROR', url: server.url }, code));
  for await (const outcome of start(rows, { maxRequests: 100, tries: 1 })) {
    audit.add(codes[outcome.item.index] ?? '', outcome);
  }
  assert.deepEqual(audit.unaccounted(), []);
  const { 200: ok, 404: notFound, ...errors } = server.stats.byStatus;
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  assert.ok(ok && notFound && failed);
  assert.deepEqual(audit.tally, {
    ...EMPTY_TALLY,
    ok,
    'not-found': notFound,
    failed,
  });
  assert.equal((await list()).length, ok);
});

test('download: each failure is the outcome of its own row', async (t) => {
  const { list, start } = await setUp(t);
  const { port, close } = await listenOnLoopback(() => {}, 0);
  await close();
  const bodies: Record<string, (response: ServerResponse) => void> = {
    '/ok': (response) => response.end('GIF'),
    '/404': (response) => response.writeHead(404).end('Not here'),
    '/410': (response) => response.writeHead(410).end(),
    '/503': (response) => response.writeHead(503).end('Sorry'),
    '/301': (response) => response.writeHead(301, { location: '/ok' }).end(),
    '/204': (response) => response.writeHead(204).end(),
    '/empty': (response) => response.end(),
    '/short': (response) => {
      response.setHeader('content-length', 99);
      response.write('GIF', () => response.destroy());
    },
    '/reset': (response) => response.socket?.resetAndDestroy(),
  };
  const { url } = await serveHttp(t, (request, response) => bodies[request.url ?? '']?.(response));
  const rows = [
    ...Object.keys(bodies).map((path) => url + path),
    `http://localhost:${port}/refused`,
    'http://flaghoist.invalid/unresolved',
    'ftp://127.0.0.1/ftp',
    '/none',
    `${url}/elsewhere/ok`,
  ];
  const outcomes = await Array.fromAsync(start(rows, { maxRequests: 3, tries: 1 }));
  const summary = outcomes.map((outcome) => {
    const { status, reason, bytes, httpStatus } = outcome;
    return [outcome.item.index, byName(outcome), status, reason, bytes, httpStatus];
  });
  assert.deepEqual(
    summary.sort(([a], [b]) => Number(a) - Number(b)),
    [
      [0, 'ok', 'ok', undefined, 3, 200],
      [1, '404', 'not-found', 'http-404', 0, 404],
      [2, '410', 'not-found', 'http-410', 0, 410],
      [3, '503', 'failed', 'http-503', 0, 503],
      [4, '301', 'ok', undefined, 3, 200],
      [5, '204', 'failed', 'http-204', 0, 204],
      [6, 'empty', 'ok', undefined, 0, 200],
      [7, 'short', 'failed', 'truncated', 0, undefined],
      [8, 'reset', 'failed', 'connection-lost', 0, undefined],
      [9, 'refused', 'failed', 'connect', 0, undefined],
      [10, 'unresolved', 'failed', 'dns-not-found', 0, undefined],
      [11, 'ftp', 'failed', 'bad-url', 0, undefined],
      [12, 'none', 'failed', 'bad-url', 0, undefined],
      [13, 'ok', 'failed', 'name-collision', 0, undefined],
    ],
  );
  for (const { item, status, error } of outcomes) {
    assert.equal(error !== undefined, status === 'failed');
    if (error !== undefined) assert.equal(error.item, item);
  }
  const refusal = outcomes.find(({ httpStatus }) => httpStatus === 503)?.error?.cause;
  assert.ok(refusal instanceof HttpStatusError);
  assert.deepEqual((await list()).sort(), ['301', 'empty', 'ok']);
});

test('download: 20 MB arrive as they were sent, and never show up in part', async (t) => {
  const { directory, list, start } = await setUp(t);
  const body = Buffer.alloc(20 * 1024 * 1024, 'all work and no play ');
  const { url } = await serveHttp(t, (_, response) => response.end(body));
  let over = false;
  const outcomes = Array.fromAsync(start([`${url}/big`])).finally(() => {
    over = true;
  });
  const seen = new Set<string>();
  while (!over) {
    const names = await list();
    for (const name of names) seen.add(name === 'big' ? name : 'temporary');
    if (names.includes('big'))
      assert.equal((await readFile(join(directory, 'big'))).length, body.length);
  }
  assert.equal((await outcomes)[0]?.bytes, body.length);
  assert.ok((await readFile(join(directory, 'big'))).equals(body));
  assert.ok(seen.has('temporary'));
  assert.deepEqual(await list(), ['big']);
});

test('download: a directory that vanishes fails the rows, not the run', async (t) => {
  const { directory, start } = await setUp(t);
  const waiting: ServerResponse[] = [];
  const { url } = await serveHttp(t, (_, response) => waiting.push(response));
  const running = Array.fromAsync(start([`${url}/small`, `${url}/big`]));
  await until(() => waiting.length === 2);
  await rm(directory, { recursive: true });
  waiting[0]?.end('GIF');
  waiting[1]?.end(Buffer.alloc(100_000));
  for (const { status, reason } of await running) {
    assert.deepEqual([status, reason], ['failed', 'not-writable']);
  }
});

for (const kind of ['sync', 'async'] as const) {
  const read = (rows: Rows) => (kind === 'sync' ? rows : rows.asynchronously());

  test(`download: the signal cancels requests in flight and stops reading a ${kind} source`, async (t) => {
    const { list, start } = await setUp(t);
    const server = await serveEndless(t);
    const stopping = new AbortController();
    const rows = new Rows(server.url);
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
    const { list, start } = await setUp(t);
    const server = await serveEndless(t);
    const rows = new Rows(server.url);
    assert.deepEqual(await Array.fromAsync(start(read(rows), { signal: AbortSignal.abort() })), []);
    assert.deepEqual([rows.pulled, server.requests(), await list()], [0, 0, []]);
  });

  test(`download: breaking out of the loop cancels, cleans up and closes a ${kind} source`, async (t) => {
    const { list, start } = await setUp(t);
    const server = await serveEndless(t);
    const rows = new Rows(server.url);
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
    const { list, start } = await setUp(t);
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
  const { start } = await setUp(t);
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
  const { list, start } = await setUp(t);
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
  const { start } = await setUp(t);
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
    outcomes.map((outcome) => [byName(outcome), outcome.reason ?? outcome.status]),
    [
      ['busy', 'timeout-total'],
      ['0', 'ok'],
    ],
  );
});

test('download: cancelling the consuming task cancels the run and cleans up', async (t) => {
  const { list, start } = await setUp(t);
  const server = await serveEndless(t);
  const rows = new Rows(server.url);
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
  const { list, start } = await setUp(t);
  const server = await serveEndless(t);
  const busy = new Event();
  const rows = [...new Rows(server.url)[Symbol.iterator]().take(3)];
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

test('download: starts with the request for the first outcome', async (t) => {
  const directory = join(await temporaryDirectory(t), 'new');
  const rows = new Rows('http://127.0.0.1:1');
  const outcomes = download(rows, { directory });
  await outcomes.return();
  assert.equal(rows.pulled, 0);
  await assert.rejects(readdir(directory), { code: 'ENOENT' });
});

test('download: no rows, no outcomes', async (t) => {
  const { start } = await setUp(t);
  assert.deepEqual(await Array.fromAsync(start([])), []);
});

const WRONG: readonly Options[] = [
  { maxRequests: 0 },
  { maxRequests: -1 },
  { maxRequests: 1.5 },
  { maxRequests: Number.NaN },
  { tries: 0 },
  { tries: Number.NaN },
  { rowTimeout: 0 },
  { rowTimeout: Number.NaN },
  { retryMaxWait: -1 },
  { maxRedirects: -1 },
  { names: '{nonsense' },
  { headers: { 'not a header': '1' } },
];
for (const wrong of WRONG) {
  test(`download: ${inspect(wrong)} is an error before anything is done`, async (t) => {
    const directory = join(await temporaryDirectory(t), 'new');
    const rows = new Rows('http://127.0.0.1:1');
    const running = Array.fromAsync(download(rows, { directory, ledger: true, ...wrong }));
    await assert.rejects(running, { name: /^(Range|Template|Header)Error$/ });
    assert.equal(rows.pulled, 0);
    await assert.rejects(readdir(directory), { code: 'ENOENT' });
  });
}

test('download: a row with a problem fails alone', async (t) => {
  const { start } = await setUp(t);
  const { url } = await serveHttp(t, (_, response) => response.end('GIF'));
  const problem = new RowError({ list: 'l.txt', line: 1, column: 2 }, 'no URL');
  const outcomes = await Array.fromAsync(start([{ url: `${url}/a`, problem }, `${url}/a`]));
  const [failed, ok] = outcomes.sort((a, b) => a.item.index - b.item.index);
  assert.deepEqual([failed?.reason, failed?.attempts, ok?.status], ['bad-row', 0, 'ok']);
  assert.equal(failed?.error?.cause, problem);
});

test('download: bodies go to the caller’s sink', async (t) => {
  const { list, start } = await setUp(t);
  const { url } = await serveHttp(t, (_, response) => response.end('GIF'));
  const sink = new HeldSink(() => false);
  const [outcome] = await Array.fromAsync(start([`${url}/a`], { sink }));
  assert.deepEqual([outcome?.path, sink.drafts[0]?.state], ['held/0', 'saved']);
  assert.deepEqual(await list(), []);
});

test('download: a directory that cannot be made is an error of the run', async (t) => {
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, '');
  const running = Array.fromAsync(download(['http://127.0.0.1:1/a'], { directory: file }));
  await assert.rejects(running, { name: 'BrokenRunError' });
});

test('download: rows that are not iterable, and unknown words in options, are refused at once', async (t) => {
  const { list, start } = await setUp(t);
  const wrong: readonly [string, unknown, object][] = [
    ['TypeError', 'http://127.0.0.1:1/a', {}],
    ['TypeError', undefined, {}],
    ['RangeError', [], { onCollision: 'replace' }],
    ['RangeError', [], { key: 'column ' }],
  ];
  for (const [name, rows, options] of wrong) {
    const started: unknown = Reflect.apply(start, undefined, [rows, { ledger: true, ...options }]);
    assert.ok(started instanceof Object && Symbol.asyncIterator in started);
    await assert.rejects(Reflect.apply(Array.fromAsync, Array, [started]), { name });
  }
  assert.deepEqual(await list(), []);
});

test('download: closes its connections at the end', async (t) => {
  const { start } = await setUp(t);
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const before = process.getActiveResourcesInfo().length;
  await Array.fromAsync(start([`${server.url}/a`, `${server.url}/b`]));
  await until(() => server.sockets.size === 0);
  await until(() => process.getActiveResourcesInfo().length <= before);
});
