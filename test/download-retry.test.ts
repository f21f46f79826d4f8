// Slow: starts threads.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import type { Row } from '../src/model/item.ts';
import { until } from './server/ask.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const BODY = Buffer.alloc(300_000, 'all work and no play ');

/** A server with an answer for each request; the last one is repeated. */
async function setUp(t: TestContext, ...answers: Answer[]) {
  const directory = await temporaryDirectory(t);
  const asked: string[] = [];
  const server = await serveHttp(t, (request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? ''}`.trimEnd());
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, request);
  });
  const run = async (row: Row, options: Partial<DownloadOptions> = {}) => {
    const [outcome] = await Array.fromAsync(
      download([row], { directory, retryMaxWait: 0, ...options }),
    );
    assert.ok(outcome);
    return outcome;
  };
  const saved = () => readFile(join(directory, 'f'));
  return { ...server, directory, asked, run, saved, f: `${server.url}/f` };
}

const refuse =
  (status: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end();

const give =
  (body: string | Buffer): Answer =>
  (response) =>
    response.end(body);

test('download: a row is tried again until its file comes', async (t) => {
  const { f, asked, run, saved } = await setUp(t, refuse(500), refuse(502), give('GIF'));
  const { status, attempts, httpStatus } = await run(f);
  assert.deepEqual([status, attempts, httpStatus, asked.length], ['ok', 3, 200, 3]);
  assert.equal((await saved()).toString(), 'GIF');
});

test('download: by default there are four tries, and no more than asked for', async (t) => {
  const { f, asked, run } = await setUp(t, refuse(500));
  assert.equal((await run(f)).attempts, 4);
  assert.equal((await run(f, { tries: 2 })).attempts, 2);
  assert.equal(asked.length, 6);
});

test('download: Retry-After spends no tries', async (t) => {
  const later = refuse(503, { 'retry-after': '0' });
  const { f, run } = await setUp(
    t,
    later,
    later,
    later,
    refuse(429, { 'retry-after': '0' }),
    give('GIF'),
  );
  const { status, attempts } = await run(f, { tries: 2, retryMaxWait: 5_000 });
  assert.deepEqual([status, attempts], ['ok', 5]);
});

test('download: a Retry-After beyond the longest wait is cut to it', async (t) => {
  const { f, asked, run } = await setUp(t, refuse(503, { 'retry-after': '7200' }), give('GIF'));
  const { status } = await run(f, { retryMaxWait: 10 });
  assert.deepEqual([status, asked.length], ['ok', 2]);
});

test('download: mirrors are tried in turn, and the outcome names the one that had the file', async (t) => {
  const { url, f, asked, run } = await setUp(t, refuse(404), refuse(403), give('GIF'));
  const mirrors = [`${url}/m1`, `${url}/m2`];
  const { status, attempts, finalUrl, path } = await run({ url: f, mirrors }, { tries: 1 });
  assert.deepEqual([status, attempts, finalUrl], ['ok', 3, mirrors[1]]);
  assert.deepEqual(asked, ['/f', '/m1', '/m2']);
  // The file has the row's name, whichever mirror it came from.
  assert.match(path ?? '', /\/f$/);
});

for (const ledger of [false, true]) {
  test(`download: a body that breaks off is resumed, ${ledger ? 'with' : 'without'} a ledger`, async (t) => {
    const { f, asked, run, saved } = await setUp(
      t,
      (response) => {
        response.writeHead(200, { etag: '"1"', 'content-length': BODY.length });
        response.write(BODY.subarray(0, 200_000), () => response.destroy());
      },
      (response, { headers }) => {
        assert.equal(headers['if-range'], '"1"');
        const from = Number(/\d+/.exec(headers.range ?? '')?.[0]);
        response.writeHead(206, {
          'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}`,
        });
        response.end(BODY.subarray(from));
      },
    );
    const { status, bytes, attempts } = await run(f, { ledger });
    assert.deepEqual([status, bytes, attempts], ['ok', BODY.length, 2]);
    assert.match(asked[1] ?? '', /^\/f bytes=\d+-$/);
    assert.ok((await saved()).equals(BODY));
  });
}

for (const [what, answer] of [
  ['416', refuse(416)],
  [
    'a range that is another one',
    (response: ServerResponse) =>
      response.writeHead(206, { 'content-range': `bytes 7-8/${BODY.length}` }).end('GI'),
  ],
] as const) {
  test(`download: after ${what} the whole file is requested`, async (t) => {
    const { f, asked, run, saved } = await setUp(
      t,
      (response) => {
        response.writeHead(200, { etag: '"1"', 'content-length': BODY.length });
        response.write(BODY.subarray(0, 200_000), () => response.destroy());
      },
      answer,
      give('another'),
    );
    // The answer in between is not counted as a try.
    const { status, attempts } = await run(f, { tries: 2 });
    assert.deepEqual([status, attempts], ['ok', 3]);
    assert.deepEqual([asked[0], asked[2]], ['/f', '/f']);
    assert.equal((await saved()).toString(), 'another');
  });
}

test('download: a file with the wrong checksum is requested again, whole', async (t) => {
  const wrong = Buffer.alloc(BODY.length, 'no');
  const tagged = (body: Buffer) => (response: ServerResponse) =>
    response.writeHead(200, { etag: '"1"' }).end(body);
  const { f, asked, run, saved } = await setUp(t, tagged(wrong), tagged(BODY));
  const checksum = { algorithm: 'sha256', hex: hash('sha256', BODY) } as const;
  const { status, attempts } = await run({ url: f, checksum });
  assert.deepEqual([status, attempts], ['ok', 2]);
  assert.deepEqual(asked, ['/f', '/f']);
  assert.ok((await saved()).equals(BODY));
});

test('download: a file that stays wrong fails, and nothing of it is left', async (t) => {
  const { directory, f, run } = await setUp(t, (response) =>
    response.writeHead(200, { etag: '"1"' }).end(BODY),
  );
  const checksum = { algorithm: 'md5', hex: '0'.repeat(32) } as const;
  const { status, reason, attempts } = await run({ url: f, checksum }, { ledger: true });
  assert.deepEqual([status, reason, attempts], ['failed', 'checksum', 4]);
  assert.deepEqual(await readdir(directory), ['.flaghoist']);
  assert.deepEqual(await readdir(join(directory, '.flaghoist', 'parts')), []);
});

test('download: a row that takes too long fails, and its request ends', async (t) => {
  const { f, asked, sockets, run } = await setUp(t, () => {});
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const running = run(f, { rowTimeout: 1_000 });
  await until(() => asked.length === 1);
  t.mock.timers.tick(1_000);
  const { status, reason, attempts } = await running;
  assert.deepEqual([status, reason, attempts], ['failed', 'timeout-total', 1]);
  await until(() => sockets.size === 0);
});

test('download: an outcome has the source, version and times of its file', async (t) => {
  const { url, f, directory, run } = await setUp(
    t,
    refuse(302, { location: '/moved' }),
    (response) =>
      response
        .writeHead(200, {
          etag: '"1"',
          'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
          'content-type': 'image/gif',
        })
        .end('GIF'),
  );
  const before = Date.now();
  const outcome = await run(f, { digest: true });
  const { queued = -1, startedAt = 0, elapsed = 0, timings, savedAt = 0, ...rest } = outcome;
  assert.deepEqual(rest, {
    item: { index: 0, url: f },
    status: 'ok',
    path: join(directory, 'f'),
    bytes: 3,
    digest: `sha256:${hash('sha256', 'GIF')}`,
    httpStatus: 200,
    finalUrl: `${url}/moved`,
    resolvedAddress: '127.0.0.1',
    etag: '"1"',
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    contentType: 'image/gif',
    attempts: 1,
  });
  assert.ok(timings);
  const { sent, firstByte, end } = timings;
  assert.ok(0 <= sent && sent <= firstByte && firstByte <= end && end <= elapsed);
  assert.ok(queued >= 0);
  assert.ok(before <= startedAt && startedAt <= savedAt && savedAt <= Date.now());
});
