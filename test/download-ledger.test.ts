// Slow: starts threads.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import { CLOCK_LAG } from '../src/ledger/match/file-state.ts';
import { LedgerReader } from '../src/ledger/read/ledger-reader.ts';
import type { Row } from '../src/model/item.ts';
import { until } from './server/ask.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A directory with a ledger, and a server that answers as the test says, or with the path. */
async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const { url } = await serveHttp(t, (request, response) => {
    const { url: path = '' } = request;
    requests.push(path);
    const answer = answers.get(path);
    if (answer === undefined) response.end(path);
    else answer(response, request);
  });
  const start = (rows: Iterable<Row>, options: Partial<DownloadOptions> = {}) =>
    download(rows, { directory, ledger: true, retryMaxWait: 0, ...options });
  return {
    directory,
    answers,
    url: (path: string) => url + path,
    start,
    /** @returns the end of each row in the order of the list, and the requests */
    async run(rows: readonly Row[], options?: Partial<DownloadOptions>) {
      requests.length = 0;
      const outcomes = await Array.fromAsync(start(rows, options));
      outcomes.sort((a, b) => a.item.index - b.item.index);
      const endings = outcomes.map(({ status, reason }) => reason ?? status);
      return { outcomes, endings, requests: [...requests].sort() };
    },
    requests,
    list: async () => (await readdir(directory)).filter((name) => name !== '.flaghoist'),
    parts: () => readdir(join(directory, '.flaghoist', 'parts')),
    read: (name: string) => readFile(join(directory, name), 'utf8'),
    /** Writes a file later than a run that has ended, by any clock. */
    async write(name: string, text: string) {
      await setTimeout(2 * CLOCK_LAG);
      await writeFile(join(directory, name), text);
    },
  };
}

const THERE = 'already-there';

test('download: a second run skips rows that are done, without a request', async (t) => {
  const { directory, url, run, list } = await setUp(t);
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

test('download: a file that was changed here is not overwritten, unless that is asked for', async (t) => {
  const { directory, url, run, list, read, write } = await setUp(t);
  const rows = [url('/edited')];
  await run(rows);
  const edit = (text: string) => write('edited', text);
  await edit('mine, and longer');
  const { outcomes, requests } = await run(rows);
  assert.deepEqual(
    outcomes.map(({ status, reason, note }) => [status, reason, note]),
    [
      [
        'skipped',
        'changed-here',
        `${join(directory, 'edited')} was changed here since it was saved; move it away, or replace it with --on-collision overwrite`,
      ],
    ],
  );
  assert.deepEqual(requests, []);
  // A shorter file may have been cut: only the download shows whether it was edited.
  await edit('mine');
  const { endings, outcomes: shorter } = await run(rows);
  assert.deepEqual(endings, ['changed-here']);
  assert.deepEqual([shorter[0]?.path, shorter[0]?.bytes], [join(directory, 'edited'), 4]);
  assert.equal((await run(rows, { onCollision: 'fail' })).outcomes[0]?.status, 'failed');
  assert.deepEqual((await run(rows, { onCollision: 'skip' })).endings, ['changed-here']);
  assert.deepEqual(await list(), ['edited']);
  assert.equal(await read('edited'), 'mine');
  assert.deepEqual((await run(rows, { onCollision: 'rename' })).endings, ['ok']);
  assert.deepEqual([await read('edited'), await read('edited-1')], ['mine', '/edited']);
});

test('download: overwrite replaces a file that was changed here', async (t) => {
  const { url, run, read, write } = await setUp(t);
  await run([url('/a')]);
  await write('a', 'mine');
  assert.deepEqual((await run([url('/a')], { onCollision: 'overwrite' })).endings, ['ok']);
  assert.equal(await read('a'), '/a');
});

test('download: with a recorded digest, a touched file is compared, and confirmed only once', async (t) => {
  const { directory, url, run, write } = await setUp(t);
  const rows = [url('/touched'), url('/edited')];
  const options = { digest: true };
  await run(rows, options);
  const later = new Date(Date.now() + 60_000);
  await utimes(join(directory, 'touched'), later, later);
  // As long as before.
  await write('edited', '/EDITED');
  await utimes(join(directory, 'edited'), later, later);
  const { endings, requests } = await run(rows, options);
  assert.deepEqual([endings, requests], [[THERE, 'changed-here'], []]);
  using reader = new LedgerReader(directory);
  const [touched] = [...reader.records()];
  assert.deepEqual([touched?.status, (touched?.savedAt ?? 0) > 0], ['ok', true]);
});

test('download: without a digest a touched file stays; the server has no say over it', async (t) => {
  const { directory, answers, url, run, read, write } = await setUp(t);
  answers.set('/a', (response) => response.setHeader('etag', '"1"').end('/a'));
  await run([url('/a')]);
  const later = new Date(Date.now() + 60_000);
  await write('a', '/A');
  await utimes(join(directory, 'a'), later, later);
  assert.deepEqual((await run([url('/a')])).endings, [THERE]);
  answers.set('/a', (response) => response.setHeader('etag', '"2"').end('newer'));
  assert.deepEqual((await run([url('/a')], { newer: true })).endings, ['changed-here']);
  assert.equal(await read('a'), '/A');
});

test('download: a file that matches its checksum is there, by whatever way it came; others are replaced', async (t) => {
  const { directory, url, run, read, write } = await setUp(t);
  const sha1 = (text: string) => ({ algorithm: 'sha1', hex: hash('sha1', text) }) as const;
  const rows = ['good', 'bad'].map((name) => ({
    url: url(`/${name}`),
    checksum: sha1(`/${name}`),
  }));
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'good'), '/good');
  await writeFile(join(directory, 'bad'), '/baad');
  const first = await run(rows, { onCollision: 'skip' });
  assert.deepEqual([first.endings, first.requests], [[THERE, 'ok'], ['/bad']]);
  assert.equal(first.outcomes[0]?.path, join(directory, 'good'));
  assert.equal(await read('bad'), '/bad');
  // The ledger is known to be right about them, until the list has another checksum.
  assert.deepEqual((await run(rows)).endings, [THERE, THERE]);
  await write('good', 'edited, and longer');
  const second = await run(rows);
  assert.deepEqual([second.endings, second.requests], [['ok', THERE], ['/good']]);
  assert.equal(await read('good'), '/good');
  const wrong = [{ url: url('/good'), checksum: sha1('another') }];
  assert.deepEqual((await run(wrong, { tries: 1 })).endings, ['checksum']);
  assert.equal(await read('good'), '/good');
});

test('download: trustLedger skips what is done, also where the file is gone', async (t) => {
  const { directory, url, run, list, write } = await setUp(t);
  const rows = [url('/a'), url('/b')];
  await run(rows);
  await rm(join(directory, 'a'));
  await write('b', 'changed');
  const { endings, requests } = await run(rows, { trustLedger: true });
  assert.deepEqual([endings, requests], [[THERE, THERE], []]);
  assert.deepEqual(await list(), ['b']);
});

test('download: with a key, a list with new signatures goes on where the old one stopped', async (t) => {
  const { answers, url, run, list, start, read } = await setUp(t);
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
  const { url, run } = await setUp(t);
  const rows = (query: string) =>
    ['1', '2'].map((id) => ({ url: `${url(`/${id}`)}?${query}`, columns: { id } }));
  const key = 'column id';
  assert.deepEqual((await run(rows('a'), { key })).endings, ['ok', 'ok']);
  const again = await run([...rows('b'), { url: url('/3') }], { key });
  assert.deepEqual([again.endings, again.requests], [[THERE, THERE, 'bad-row'], []]);
  assert.deepEqual((await run([{ url: url('/1?c'), key: '1' }], { key })).requests, []);
});

test('download: the ledger knows rows wherever they are in the list', async (t) => {
  const { url, run } = await setUp(t);
  await run([url('/a'), url('/b'), url('/c')]);
  const { endings, requests } = await run([url('/new'), url('/c'), url('/a')]);
  assert.deepEqual([endings, requests], [['ok', THERE, THERE], ['/new']]);
});

test('download: rows that failed, or were not found, are tried again', async (t) => {
  const { answers, url, run, read } = await setUp(t);
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

test('download: a file that was removed or cut is downloaded again, one that was lengthened stays', async (t) => {
  const { directory, url, run, list, read, write } = await setUp(t);
  const rows = [url('/whole'), url('/gone'), url('/cut'), url('/more')];
  await run(rows);
  await rm(join(directory, 'gone'));
  await truncate(join(directory, 'cut'), 1);
  await write('more', '/more and more');
  const { endings, requests } = await run(rows);
  assert.deepEqual(
    [endings, requests],
    [
      [THERE, 'ok', 'ok', 'changed-here'],
      ['/cut', '/gone'],
    ],
  );
  for (const name of await list()) {
    assert.equal(await read(name), name === 'more' ? '/more and more' : `/${name}`);
  }
  assert.deepEqual((await run(rows)).requests, []);
});

test('download: a file from before the ledger is not the row’s, and stays', async (t) => {
  const { directory, url, run, read, write } = await setUp(t);
  await write('a', 'mine');
  // The clock of the file system is coarser than ours, and the file has to be older by it.
  const { ctimeMs } = await stat(join(directory, 'a'));
  await until(() => Date.now() > ctimeMs + 50);
  for (const _ of ['first', 'second']) {
    const { endings, requests } = await run([url('/a')]);
    assert.deepEqual([endings, requests], [['name-collision'], []]);
  }
  assert.equal(await read('a'), 'mine');
});

test('download: of equal rows the first has the file, in every run', async (t) => {
  const { url, run, list } = await setUp(t);
  const rows = [url('/a'), url('/a'), url('/a')];
  const first = await run(rows, { maxRequests: 1 });
  assert.deepEqual(first.endings, ['ok', 'duplicate', 'duplicate']);
  const second = await run(rows, { maxRequests: 1 });
  assert.deepEqual([second.endings, second.requests], [[THERE, 'duplicate', 'duplicate'], []]);
  assert.deepEqual(await list(), ['a']);
});

test('download: rows whose names are numbered are all skipped later', async (t) => {
  const { url, run, list } = await setUp(t);
  const rows = [url('/1/a'), url('/2/a'), url('/3/a')];
  await run(rows, { onCollision: 'rename' });
  assert.equal((await list()).length, 3);
  const { endings, requests } = await run(rows, { onCollision: 'rename' });
  assert.deepEqual([endings, requests], [[THERE, THERE, THERE], []]);
});

test('download: a file that is there under another name is copied to the one asked for', async (t) => {
  const { directory, url, run, list, read } = await setUp(t);
  await run([url('/a'), url('/b')]);
  const moved = await run([url('/a'), url('/b')], { names: 'new-{name}' });
  assert.deepEqual([moved.endings, moved.requests], [['copied', 'copied'], []]);
  assert.deepEqual(
    moved.outcomes.map(({ status, path, bytes, note }) => [status, path, bytes, note]),
    ['a', 'b'].map((name) => [
      'skipped',
      join(directory, `new-${name}`),
      2,
      `copied from ${join(directory, name)}`,
    ]),
  );
  assert.deepEqual(await list(), ['a', 'b', 'new-a', 'new-b']);
  assert.equal(await read('new-a'), '/a');
  // It stays so, with the default names too; and the first name is no other row's.
  for (const names of ['new-{name}', undefined]) {
    assert.deepEqual((await run([url('/a')], { names })).endings, [THERE]);
  }
  const back = await run([url('/a')], { names: '{name}' });
  assert.deepEqual([back.endings, back.requests], [['copied'], []]);
});

test('download: a file of another size, digest or checksum is not copied', async (t) => {
  const { url, run, read, write } = await setUp(t);
  await run([url('/a')], { digest: true });
  await write('a', 'no');
  const { endings, requests } = await run([url('/a')], { names: 'new' });
  assert.deepEqual([endings, requests], [['ok'], ['/a']]);
  assert.deepEqual([await read('a'), await read('new')], ['no', '/a']);
});

test('download: a file is not copied over another one', async (t) => {
  const { directory, url, run, read } = await setUp(t);
  await run([url('/a')]);
  await writeFile(join(directory, 'new'), 'mine');
  const { endings } = await run([url('/a')], { names: 'new' });
  assert.deepEqual([endings, await read('new')], [['name-collision'], 'mine']);
});

test('download: a name that the same template may have given is not another one', async (t) => {
  const { url, run } = await setUp(t);
  for (const names of ['{index}-{name}', '{sha256}', '{host}/{path}/{name}']) {
    const rows = ['/p/a', '/p/a/b'].map((path) => url(path + names));
    await run(rows, { names });
    const { endings } = await run([url(`/new${names}`), ...rows.reverse()], { names });
    assert.deepEqual(endings, ['ok', THERE, THERE]);
  }
});

test('download: newer asks again, and skips what has not changed', async (t) => {
  const { answers, url, run, read } = await setUp(t);
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
  const { answers, url, run, read } = await setUp(t);
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
  const { answers, url, run, read } = await setUp(t);
  await run([url('/a')]);
  answers.set('/a', (response) => response.end('changed'));
  const { endings, requests } = await run([url('/a')], { newer: true });
  assert.deepEqual([endings, requests], [['ok'], ['/a']]);
  assert.equal(await read('a'), 'changed');
});

test('download: a stopped run is resumed by the next one', async (t) => {
  const { directory, answers, url, start, run, list, parts, requests } = await setUp(t);
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
  while ((await parts()).length < 2);
  stopping.abort();
  const outcomes = await running;
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    // The last row had not been read.
    ['ok', 'cancelled'],
  );
  assert.equal((await parts()).length, 2);

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
  assert.deepEqual(await parts(), []);
});

test('download: leaving the loop records every row under way', async (t) => {
  const { directory, answers, url, start, run, list, requests } = await setUp(t);
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
  const { directory, answers, url, run } = await setUp(t);
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
  const { answers, url, run, parts } = await setUp(t);
  answers.set('/big', (response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': 1_000_000 });
    response.write(Buffer.alloc(400_000), () => response.destroy());
  });
  const { endings } = await run([url('/big'), url('/a')], { tries: 1 });
  assert.deepEqual(endings, ['truncated', 'ok']);
  assert.equal((await parts()).length, 2);
});

test('download: the ledger records how each run ended', async (t) => {
  const { directory, url, start, run } = await setUp(t);
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
  const { url, start, requests } = await setUp(t);
  const first = start([url('/a')]);
  await first.next();
  await assert.rejects(Array.fromAsync(start([url('/b')])), { name: 'BrokenRunError' });
  assert.deepEqual(requests, ['/a']);
  await first.return();
  assert.equal((await Array.fromAsync(start([url('/b')]))).length, 1);
});

test('download: a broken run unlocks its directory', async (t) => {
  const { url, start, run } = await setUp(t);
  function* broken() {
    yield url('/a');
    throw new Error('line 2 is broken');
  }
  await assert.rejects(Array.fromAsync(start(broken())), /line 2 is broken/);
  assert.equal((await run([url('/b')])).endings[0], 'ok');
});

test('download: without a ledger the next run starts anew', async (t) => {
  const { directory, url, run } = await setUp(t);
  for (const ledger of [undefined, false]) {
    const options = { ledger, replaceExisting: true };
    const { endings, requests } = await run([url('/a')], options);
    assert.deepEqual([endings, requests], [['ok'], ['/a']]);
  }
  assert.deepEqual(await readdir(directory), ['a']);
});

test('download: a ledger leaves nothing open, no thread and no file', async (t) => {
  const { directory, url, run } = await setUp(t);
  const before = process.getActiveResourcesInfo().length;
  await run([url('/a')]);
  await until(() => process.getActiveResourcesInfo().length <= before);
  assert.deepEqual((await readdir(join(directory, '.flaghoist'))).sort(), [
    'ledger.db',
    'lock.db',
    'parts',
  ]);
});

test('download: a row whose file another row has overwritten is not done', async (t) => {
  const { directory, url, run, list, read } = await setUp(t);
  const rows = [
    { url: url('/first'), name: 'a' },
    { url: url('/second'), name: 'a' },
  ];
  const records = () => {
    using reader = new LedgerReader(directory);
    return Array.from(reader.records(), ({ status, reason, path }) => [status, reason, path]);
  };
  const both = await run(rows, { onCollision: 'overwrite', maxRequests: 1 });
  assert.deepEqual(both.endings, ['ok', 'ok']);
  assert.equal(await read('a'), '/second');
  assert.deepEqual(records(), [
    ['skipped', 'replaced', undefined],
    ['ok', undefined, 'a'],
  ]);
  const again = await run(rows, { onCollision: 'rename' });
  assert.deepEqual([again.endings, again.requests], [['ok', THERE], ['/first']]);
  assert.deepEqual(await list(), ['a', 'a-1']);
  assert.deepEqual([await read('a'), await read('a-1')], ['/second', '/first']);
});

for (const [what, between] of [
  ['at once', 0],
  ['after a run that came to its end', 1],
] as const) {
  test(`download: a file of a killed run is matched by its contents, ${what}`, async (t) => {
    const { directory, url, run, read } = await setUp(t);
    await run([url('/before')]);
    // As after a kill: the run has no end, and its files have no records.
    {
      using database = new DatabaseSync(join(directory, '.flaghoist', 'ledger.db'));
      database.exec('UPDATE runs SET ended_at = NULL, ending = NULL');
    }
    for (let i = 0; i < between; i++) await run([url('/before')]);
    await writeFile(join(directory, 'whole'), '/whole');
    await writeFile(join(directory, 'notes'), 'my own');
    const { endings } = await run([url('/whole'), url('/notes')]);
    assert.deepEqual(endings, ['ok', 'name-collision']);
    assert.deepEqual([await read('whole'), await read('notes')], ['/whole', 'my own']);
  });
}

test('download: a foreign file made at a row’s name during the run stays', async (t) => {
  for (const ledger of [true, false]) {
    const { directory, answers, url, run, read, list } = await setUp(t);
    answers.set('/a', (response) => {
      void writeFile(join(directory, 'a'), 'my own').then(() => response.end('theirs'));
    });
    const { endings } = await run([url('/a')], { ledger });
    assert.deepEqual([endings, await list()], [['name-collision'], ['a']]);
    assert.equal(await read('a'), 'my own');
  }
});
