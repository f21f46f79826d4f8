// Slow: starts threads.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { download } from '../src/download.ts';
import { MOST_POPULOUS } from '../src/flags/country-codes.ts';
import { selectCodes } from '../src/flags/select-codes.ts';
import { flagRow } from '../src/flags/sites.ts';
import { HttpStatusError } from '../src/model/failure.ts';
import { RowError } from '../src/model/row-error.ts';
import { OutcomeAudit } from '../src/observe/outcome-audit.ts';
import { EMPTY_TALLY } from '../src/observe/tally.ts';
import { startFlagServer } from '../src/server/flag-server.ts';
import { listenOnLoopback } from '../src/server/loopback.ts';
import { ask, until } from './server/ask.ts';
import { HeldSink } from './support/held-sink.ts';
import {
  type DownloadsOptions,
  downloadsInto,
  EndlessRows,
  nameOf,
} from './support/plain-downloads.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

const ASSETS = new URL('../assets/flags/', import.meta.url);

test('download: the flags of the 20 most populous countries, byte for byte', async (t) => {
  const { directory, list, start } = await downloadsInto(t);
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
    const { start } = await downloadsInto(t);
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
  const { list, start } = await downloadsInto(t);
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
  const { list, start } = await downloadsInto(t);
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
    return [outcome.item.index, nameOf(outcome), status, reason, bytes, httpStatus];
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
  const { directory, list, start } = await downloadsInto(t);
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
  const { directory, start } = await downloadsInto(t);
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

test('download: starts with the request for the first outcome', async (t) => {
  const directory = join(await temporaryDirectory(t), 'new');
  const rows = new EndlessRows('http://127.0.0.1:1');
  const outcomes = download(rows, { directory });
  await outcomes.return();
  assert.equal(rows.pulled, 0);
  await assert.rejects(readdir(directory), { code: 'ENOENT' });
});

test('download: no rows, no outcomes', async (t) => {
  const { start } = await downloadsInto(t);
  assert.deepEqual(await Array.fromAsync(start([])), []);
});

const WRONG: readonly DownloadsOptions[] = [
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
    const rows = new EndlessRows('http://127.0.0.1:1');
    const running = Array.fromAsync(download(rows, { directory, ledger: true, ...wrong }));
    await assert.rejects(running, { name: /^(Range|Template|Header)Error$/ });
    assert.equal(rows.pulled, 0);
    await assert.rejects(readdir(directory), { code: 'ENOENT' });
  });
}

test('download: a row with a problem fails alone', async (t) => {
  const { start } = await downloadsInto(t);
  const { url } = await serveHttp(t, (_, response) => response.end('GIF'));
  const problem = new RowError({ list: 'l.txt', line: 1, column: 2 }, 'no URL');
  const outcomes = await Array.fromAsync(start([{ url: `${url}/a`, problem }, `${url}/a`]));
  const [failed, ok] = outcomes.sort((a, b) => a.item.index - b.item.index);
  assert.deepEqual([failed?.reason, failed?.attempts, ok?.status], ['bad-row', 0, 'ok']);
  assert.equal(failed?.error?.cause, problem);
});

test('download: bodies go to the caller’s sink', async (t) => {
  const { list, start } = await downloadsInto(t);
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
  const { list, start } = await downloadsInto(t);
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
  const { start } = await downloadsInto(t);
  const server = await serveHttp(t, (_, response) => response.end('GIF'));
  const before = process.getActiveResourcesInfo().length;
  await Array.fromAsync(start([`${server.url}/a`, `${server.url}/b`]));
  await until(() => server.sockets.size === 0);
  await until(() => process.getActiveResourcesInfo().length <= before);
});
