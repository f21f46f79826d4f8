// Slow: starts threads.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DownloadOptions } from '../src/download-options.ts';
import { LedgerReader } from '../src/ledger/read/ledger-reader.ts';
import { until } from './server/ask.ts';
import { downloadRuns } from './support/download-runs.ts';

/** The files that rows may resume from. */
const partsIn = (directory: string) => readdir(join(directory, '.flaghoist', 'parts'));

const THERE = 'already-there';

test('download: a second run skips rows that are done, without a request', async (t) => {
  const { directory, url, run, list } = await downloadRuns(t);
  const rows = [url('/a'), url('/b'), { url: url('/c'), name: 'see' }];
  const first = await run(rows);
  assert.deepEqual(first.endings, ['ok', 'ok', 'ok']);
  const second = await run(rows);
  assert.deepEqual([second.endings, second.requests], [[THERE, THERE, THERE], []]);
  assert.deepEqual(
    second.outcomes.map(({ path, bytes, attempts }) => [path, bytes, attempts]),
    ['a', 'b', 'see'].map((name) => [join(directory, name), 2, 0]),
  );
  assert.deepEqual(await list(), ['a', 'b', 'see']);
});

test('download: with a key, a list with new signatures goes on where the old one stopped', async (t) => {
  const { answers, url, run, list, start, read } = await downloadRuns(t);
  const signed = (signature: string) =>
    ['a', 'b', 'cut'].map((name) => `${url(`/${name}`)}?X-Amz-Signature=${signature}`);
  const body = 'x'.repeat(200_000);
  answers.set('/b?X-Amz-Signature=1', (response) => response.writeHead(500).end());
  const cut = (response: ServerResponse) => {
    response.writeHead(200, { etag: '"1"', 'content-length': body.length });
    response.write(body.slice(0, 150_000), () => response.destroy());
  };
  answers.set('/cut?X-Amz-Signature=1', cut);
  const first = await run(signed('1'), { key: 'url-without-query', tries: 1 });
  assert.deepEqual(first.endings, ['ok', 'http-500', 'truncated']);
  let range: string | undefined;
  answers.set('/cut?X-Amz-Signature=2', (response, request) => {
    range = request.headers.range;
    const from = Number(/\d+/.exec(range ?? '')?.[0] ?? 0);
    response.writeHead(206, {
      etag: '"1"',
      'content-length': body.length - from,
      'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
    });
    response.end(body.slice(from));
  });
  const second = await run(signed('2'), { key: 'url-without-query' });
  assert.deepEqual(
    [second.endings, second.requests],
    [
      [THERE, 'ok', 'ok'],
      ['/b?X-Amz-Signature=2', '/cut?X-Amz-Signature=2'],
    ],
  );
  assert.match(range ?? '', /^bytes=[1-9]/);
  assert.equal(await read('cut'), body);
  assert.deepEqual(await list(), ['a', 'b', 'cut']);
  // Runs by other keys find them too: keys can be made from the URLs that are recorded.
  assert.deepEqual((await run(signed('3'), { key: 'path' })).endings, [THERE, THERE, THERE]);
  await Array.fromAsync(start(signed('3'), { key: 'url-without-query' }));
  assert.deepEqual((await run([...signed('1').slice(0, 1), ...signed('2').slice(1)])).endings, [
    THERE,
    THERE,
    THERE,
  ]);
});

test('download: a column of the list, or a key of the row, identifies it', async (t) => {
  const { url, run } = await downloadRuns(t);
  const rows = (query: string) =>
    ['1', '2'].map((id) => ({ url: `${url(`/${id}`)}?${query}`, columns: { id } }));
  const key = 'column id';
  assert.deepEqual((await run(rows('a'), { key })).endings, ['ok', 'ok']);
  const again = await run([...rows('b'), { url: url('/3') }], { key });
  assert.deepEqual([again.endings, again.requests], [[THERE, THERE, 'bad-row'], []]);
  assert.deepEqual((await run([{ url: url('/1?c'), key: '1' }], { key })).requests, []);
});

test('download: the ledger knows rows wherever they are in the list', async (t) => {
  const { url, run } = await downloadRuns(t);
  await run([url('/a'), url('/b'), url('/c')]);
  const { endings, requests } = await run([url('/new'), url('/c'), url('/a')]);
  assert.deepEqual([endings, requests], [['ok', THERE, THERE], ['/new']]);
});

test('download: rows that failed, or were not found, are tried again', async (t) => {
  const { answers, url, run, read } = await downloadRuns(t);
  const rows = [url('/a'), url('/500'), url('/404')];
  answers.set('/500', (response) => response.writeHead(500).end());
  answers.set('/404', (response) => response.writeHead(404).end());
  const first = await run(rows, { tries: 1 });
  assert.deepEqual(first.endings, ['ok', 'http-500', 'http-404']);
  answers.clear();
  const second = await run(rows);
  assert.deepEqual(
    [second.endings, second.requests],
    [
      [THERE, 'ok', 'ok'],
      ['/404', '/500'],
    ],
  );
  assert.equal(await read('500'), '/500');
  assert.deepEqual((await run(rows)).requests, []);
});

test('download: of equal rows the first has the file, in every run', async (t) => {
  const { url, run, list } = await downloadRuns(t);
  const rows = [url('/a'), url('/a'), url('/a')];
  const first = await run(rows, { maxRequests: 1 });
  assert.deepEqual(first.endings, ['ok', 'duplicate', 'duplicate']);
  const second = await run(rows, { maxRequests: 1 });
  assert.deepEqual([second.endings, second.requests], [[THERE, 'duplicate', 'duplicate'], []]);
  assert.deepEqual(await list(), ['a']);
});

test('download: newer asks again, and skips what has not changed', async (t) => {
  const { answers, url, run, read } = await downloadRuns(t);
  let version = 1;
  const asked: unknown[] = [];
  answers.set('/a', (response, { headers }) => {
    const etag = `"${version}"`;
    asked.push(headers['if-none-match']);
    response.setHeader('etag', etag);
    if (headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.end(`version ${version}`);
  });
  const endings: unknown[] = [];
  const next = async (options: Partial<DownloadOptions> = { newer: true }) => {
    const { outcomes } = await run([url('/a')], options);
    endings.push([outcomes[0]?.reason ?? outcomes[0]?.status, outcomes[0]?.etag]);
  };
  await next();
  await next();
  await next();
  version = 2;
  await next({});
  await next();
  await next();
  assert.deepEqual(endings, [
    ['ok', '"1"'],
    ['not-modified', '"1"'],
    ['not-modified', '"1"'],
    [THERE, undefined],
    ['ok', '"2"'],
    ['not-modified', '"2"'],
  ]);
  assert.deepEqual(asked, [undefined, '"1"', '"1"', '"1"', '"2"']);
  assert.equal(await read('a'), 'version 2');
});

test('download: newer keeps its validators over a run in which the server failed', async (t) => {
  const { answers, url, run, read } = await downloadRuns(t);
  let status = 200;
  const asked: unknown[] = [];
  answers.set('/a', (response, { headers }) => {
    asked.push(headers['if-none-match']);
    response.writeHead(status, { etag: '"1"' }).end(status === 200 ? 'body' : undefined);
  });
  const endings: unknown[] = [];
  for (status of [200, 500, 304, 304]) {
    endings.push(...(await run([url('/a')], { newer: true, tries: 1 })).endings);
  }
  assert.deepEqual(endings, ['ok', 'http-500', 'not-modified', 'not-modified']);
  assert.deepEqual(asked, [undefined, '"1"', '"1"', '"1"']);
  assert.equal(await read('a'), 'body');
});

test('download: newer downloads again files without a known version', async (t) => {
  const { answers, url, run, read } = await downloadRuns(t);
  await run([url('/a')]);
  answers.set('/a', (response) => response.end('changed'));
  const { endings, requests } = await run([url('/a')], { newer: true });
  assert.deepEqual([endings, requests], [['ok'], ['/a']]);
  assert.equal(await read('a'), 'changed');
});

test('download: a stopped run is resumed by the next one', async (t) => {
  const { directory, answers, url, start, run, list, requests } = await downloadRuns(t);
  const body = Buffer.alloc(1_000_000, 'all work and no play ');
  const ranges: unknown[] = [];
  const stopping = new AbortController();
  answers.set('/big', (response, { headers }) => {
    const { range, 'if-range': version } = headers;
    ranges.push([range !== undefined, version]);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    response.setHeader('etag', '"1"');
    response.setHeader('content-length', body.length - from);
    if (from === 0) {
      response.write(body.subarray(0, 400_000));
      return;
    }
    response.setHeader('content-range', `bytes ${from}-${body.length - 1}/${body.length}`);
    response.writeHead(206).end(body.subarray(from));
  });
  const rows = [url('/small'), url('/big'), url('/last')];
  const running = Array.fromAsync(start(rows, { maxRequests: 1, signal: stopping.signal }));
  await until(() => requests.includes('/big'));
  while ((await partsIn(directory)).length < 2);
  stopping.abort();
  const outcomes = await running;
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    // The last row had not been read.
    ['ok', 'cancelled'],
  );
  assert.equal((await partsIn(directory)).length, 2);

  const { endings, requests: second } = await run(rows);
  assert.deepEqual(
    [endings, second],
    [
      [THERE, 'ok', 'ok'],
      ['/big', '/last'],
    ],
  );
  assert.deepEqual(ranges, [
    [false, undefined],
    [true, '"1"'],
  ]);
  assert.deepEqual((await list()).sort(), ['big', 'last', 'small']);
  assert.ok((await readFile(join(directory, 'big'))).equals(body));
  assert.deepEqual(await partsIn(directory), []);
});

test('download: leaving the loop records every row under way', async (t) => {
  const { directory, answers, url, start, run, list, requests } = await downloadRuns(t);
  answers.set('/hangs', () => {});
  const rows = ['/a', '/b', '/hangs', '/d'].map(url);
  const outcomes = start(rows, { maxRequests: 4 });
  await outcomes.next();
  await until(() => requests.length === 4);
  while ((await list()).length < 3);
  await outcomes.return();
  {
    using reader = new LedgerReader(directory);
    assert.deepEqual(Array.from(reader.records(), ({ status }) => status).sort(), [
      'cancelled',
      'ok',
      'ok',
      'ok',
    ]);
  }
  // Rows whose outcomes were not taken are done nevertheless.
  answers.clear();
  const { endings, requests: second } = await run(rows);
  assert.deepEqual([endings, second], [[THERE, THERE, 'ok', THERE], ['/hangs']]);
});

test('download: every row has a record, however it ended', async (t) => {
  const { directory, answers, url, run } = await downloadRuns(t);
  answers.set('/404', (response) => response.writeHead(404).end());
  const problem = new Error('no row');
  await run([url('/a'), url('/404'), { url: url('/p'), problem }, 'nonsense']);
  using reader = new LedgerReader(directory);
  const records = Array.from(reader.records(), ({ index, status, path, attempts }) => [
    index,
    status,
    path,
    attempts,
  ]);
  assert.deepEqual(
    records.sort(([a], [b]) => Number(a) - Number(b)),
    [
      [0, 'ok', 'a', 1],
      [1, 'not-found', undefined, 1],
      [2, 'failed', undefined, 0],
      [3, 'failed', undefined, 0],
    ],
  );
});

test('download: parts stay as long as a row may resume from them', async (t) => {
  const { directory, answers, url, run } = await downloadRuns(t);
  answers.set('/big', (response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': 1_000_000 });
    response.write(Buffer.alloc(400_000), () => response.destroy());
  });
  const { endings } = await run([url('/big'), url('/a')], { tries: 1 });
  assert.deepEqual(endings, ['truncated', 'ok']);
  assert.equal((await partsIn(directory)).length, 2);
});

test('download: the ledger records how each run ended', async (t) => {
  const { directory, url, start, run } = await downloadRuns(t);
  const endings: unknown[] = [];
  const note = () => {
    using reader = new LedgerReader(directory);
    endings.push(reader.lastRun?.ending);
  };
  await run([url('/a')]);
  note();

  const stopping = new AbortController();
  for await (const _ of start([url('/b')], { signal: stopping.signal })) stopping.abort();
  note();

  for await (const _ of start([url('/c')])) break;
  note();

  function* broken() {
    yield url('/d');
    throw new Error('line 2 is broken');
  }
  await assert.rejects(Array.fromAsync(start(broken())), /line 2 is broken/);
  note();
  assert.deepEqual(endings, ['complete', 'interrupted', 'stopped', 'broken']);
});

test('download: a second run on one directory throws, and does nothing', async (t) => {
  const { url, start, requests } = await downloadRuns(t);
  const first = start([url('/a')]);
  await first.next();
  await assert.rejects(Array.fromAsync(start([url('/b')])), { name: 'BrokenRunError' });
  assert.deepEqual(requests, ['/a']);
  await first.return();
  assert.equal((await Array.fromAsync(start([url('/b')]))).length, 1);
});

test('download: a broken run unlocks its directory', async (t) => {
  const { url, start, run } = await downloadRuns(t);
  function* broken() {
    yield url('/a');
    throw new Error('line 2 is broken');
  }
  await assert.rejects(Array.fromAsync(start(broken())), /line 2 is broken/);
  assert.equal((await run([url('/b')])).endings[0], 'ok');
});

test('download: without a ledger the next run starts anew', async (t) => {
  const { directory, url, run } = await downloadRuns(t);
  for (const ledger of [undefined, false]) {
    const options = { ledger, replaceExisting: true };
    const { endings, requests } = await run([url('/a')], options);
    assert.deepEqual([endings, requests], [['ok'], ['/a']]);
  }
  assert.deepEqual(await readdir(directory), ['a']);
});

test('download: a ledger leaves nothing open, no thread and no file', async (t) => {
  const { directory, url, run } = await downloadRuns(t);
  const before = process.getActiveResourcesInfo().length;
  await run([url('/a')]);
  await until(() => process.getActiveResourcesInfo().length <= before);
  assert.deepEqual((await readdir(join(directory, '.flaghoist'))).sort(), [
    'ledger.db',
    'lock.db',
    'parts',
  ]);
});
