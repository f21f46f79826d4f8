// Slow: starts threads.
import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import type { Row } from '../src/model/item.ts';
import type { Outcome } from '../src/model/outcome.ts';
import { until } from './server/ask.ts';
import { noNginx, startNginx } from './support/nginx.ts';
import { type OnRange, serveRanges } from './support/range-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const MIB = 1024 * 1024;

/** Nine segments of a little over 1 MiB each. */
const DATA = randomBytes(9 * MIB + 321);
const SHA256 = hash('sha256', DATA);

type Options = Partial<DownloadOptions>;

async function setUp(t: TestContext, onRange?: OnRange, headers?: Record<string, string>) {
  const directory = await temporaryDirectory(t);
  const server = await serveRanges(t, DATA, { onRange, headers });
  const run = (options: Options = {}, rows: Row[] = [server.url]): Promise<Outcome[]> =>
    Array.fromAsync(download(rows, { directory, segments: 3, retryMaxWait: 0, ...options }));
  const assertWhole = async (outcomes: readonly Outcome[]) => {
    assert.deepEqual(
      outcomes.map(({ status, reason, bytes }) => ({ status, reason, bytes })),
      [{ status: 'ok', reason: undefined, bytes: DATA.byteLength }],
    );
    assert.ok(DATA.equals(await readFile(join(directory, 'big.bin'))), 'the bytes are others');
  };
  return { directory, server, run, assertWhole };
}

test('download: a file in segments is the same', async (t) => {
  const { run, server, assertWhole } = await setUp(t, (answer) => {
    answer.send();
    if (answer.number === 3) server.release();
  });
  const outcomes = await run({ digest: true });
  await assertWhole(outcomes);
  assert.equal(outcomes[0]?.digest, `sha256:${SHA256}`);
  assert.equal(outcomes[0]?.attempts, 1);
  // Each segment but the first was requested once.
  const asked = server.asked.toSorted();
  assert.equal(asked.length, new Set(asked).size);
  assert.ok(asked.length > 4, asked.join());
  assert.ok(server.most <= 3, `${server.most} at a time`);
});

for (const [what, checksum, status] of [
  ['holds', SHA256, 'ok'],
  ['is found to be wrong', SHA256.replace(/./g, '0'), 'failed'],
] as const) {
  test(`download: a checksum ${what} for a file in segments`, async (t) => {
    const { run, server } = await setUp(t, ({ send }) => {
      send();
      server.release();
    });
    const [outcome] = await run({ tries: 1 }, [
      { url: server.url, checksum: { algorithm: 'sha256', hex: checksum } },
    ]);
    assert.equal(outcome?.status, status);
  });
}

test('download: no segments by default', async (t) => {
  const { run, server, assertWhole } = await setUp(t);
  server.release();
  await assertWhole(await run({ segments: undefined }));
  assert.deepEqual(server.asked, ['all']);
});

for (const headers of [{ 'accept-ranges': 'none' }, { etag: 'W/"1"' }, { etag: '' }] as Record<
  string,
  string
>[]) {
  test(`download: no segments with ${JSON.stringify(headers)}`, async (t) => {
    const { run, server, assertWhole } = await setUp(t, undefined, headers);
    server.release();
    await assertWhole(await run());
    assert.deepEqual(server.asked, ['all']);
  });
}

for (const limit of [{ maxRequests: 1 }, { maxRequestsPerOrigin: 1 }, { requestRate: 0.01 }]) {
  test(`download: no segments without free permits: ${JSON.stringify(limit)}`, async (t) => {
    const { run, server, assertWhole } = await setUp(t);
    server.release();
    await assertWhole(await run(limit));
    assert.deepEqual(server.asked, ['all']);
  });
}

test('download: segments take no more permits than there are, and wait for none', async (t) => {
  const { run, server, assertWhole } = await setUp(t, (answer) => {
    answer.send();
    if (answer.number === 2) server.release();
  });
  await assertWhole(await run({ segments: 16, maxRequestsPerOrigin: 2 }));
  assert.ok(server.most <= 2, `${server.most} at a time`);
});

for (const [what, refuse] of [
  ['ignores ranges', ({ response }) => response.writeHead(200, { etag: '"1"' }).end(DATA)],
  ['has another file by now', ({ response }) => response.writeHead(200, { etag: '"2"' }).end(DATA)],
  ['sends another range', ({ send }) => send({ 'content-range': 'bytes 1-2/3' })],
  ['sends no range', ({ send }) => send({ 'content-range': '' })],
  [
    'has a longer file',
    ({ send, range: { start, end } }) =>
      send({ 'content-range': `bytes ${start}-${end - 1}/99999999` }),
  ],
  ['sends another version', ({ send }) => send({ etag: '"2"' })],
  ['is overloaded', ({ response }) => response.writeHead(503).end()],
  ['forbids', ({ response }) => response.writeHead(403).end()],
  ['has no such range', ({ response }) => response.writeHead(416).end()],
  ['hangs up', ({ request }) => request.socket.destroy()],
] satisfies [string, OnRange][]) {
  test(`download: over one connection when the server ${what}`, async (t) => {
    const { run, server, assertWhole } = await setUp(t, (answer) => {
      refuse(answer);
      server.release();
    });
    const outcomes = await run({ tries: 1 });
    await assertWhole(outcomes);
    assert.equal(outcomes[0]?.attempts, 1);
    assert.equal(server.asked.filter((range) => range === 'all').length, 1);
  });
}

for (const [what, refuse] of [
  ['refuses', ({ response }) => response.writeHead(403).end()],
  ['ignores ranges', ({ response }) => response.writeHead(200, { etag: '"1"' }).end(DATA)],
  ['hangs up', ({ request }) => request.socket.destroy()],
] satisfies [string, OnRange][]) {
  test(`download: the first response waits at a segment, and continues when its server ${what}`, async (t) => {
    const { run, server, assertWhole } = await setUp(t, (answer) => {
      // By then the first response could have ended.
      setTimeout(refuse, 50, answer);
    });
    server.release();
    await assertWhole(await run({ tries: 1 }));
    assert.equal(server.asked.filter((range) => range === 'all').length, 1);
  });
}

test('download: from the beginning when the file changes after the first response was cut', async (t) => {
  const { run, server, assertWhole } = await setUp(t, ({ number, response, send }) => {
    if (number < 4) send();
    else response.writeHead(200, { etag: '"2"' }).end(DATA);
    if (number === 2) server.release();
  });
  await assertWhole(await run({ tries: 1, maxRequests: 3 }));
  // Then without segments.
  assert.equal(server.asked.at(-1), 'all');
});

test('download: a segment that is cut short is resumed', async (t) => {
  const { run, server, assertWhole } = await setUp(t, ({ number, range, response, send }) => {
    if (number > 1) send();
    if (number === 3) server.release();
    if (number > 1) return;
    const { start, end } = range;
    response.writeHead(206, {
      etag: '"1"',
      'content-range': `bytes ${start}-${end - 1}/${DATA.byteLength}`,
      'content-length': end - start,
    });
    response.write(DATA.subarray(start, start + 1000), () => response.destroy());
  });
  const outcomes = await run({ tries: 1 });
  await assertWhole(outcomes);
  assert.equal(outcomes[0]?.attempts, 1);
});

test('download: segments keep to the bandwidth', async (t) => {
  const { run, server, assertWhole } = await setUp(t);
  server.release();
  const begun = performance.now();
  await assertWhole(await run({ bandwidth: 20 * MIB }));
  // A burst may have the bytes of a tenth of a second.
  assert.ok(performance.now() - begun > 250);
});

test('download: a stop keeps the bytes without a gap, and the next run resumes there', async (t) => {
  const stopping = new AbortController();
  const { run, server, directory, assertWhole } = await setUp(t, ({ number, send }) => {
    if (number < 5 || stopping.signal.aborted) send();
    if (number === 2) server.release();
  });
  const options = { ledger: true, signal: stopping.signal };
  const running = run(options);
  await until(() => server.asked.length > 5);
  stopping.abort();
  assert.deepEqual(
    (await running).map(({ status }) => status),
    ['cancelled'],
  );
  const parts = join(directory, '.flaghoist', 'parts');
  const name = (await readdir(parts)).find((file) => file.endsWith('.part'));
  const part = await readFile(join(parts, name ?? ''));
  assert.ok(part.byteLength >= MIB, `${part.byteLength}`);
  assert.ok(part.equals(DATA.subarray(0, part.byteLength)), 'the part has other bytes');
  const asked = server.asked.length;
  await assertWhole(await run({ ledger: true, digest: true }));
  assert.equal(server.asked[asked], `bytes=${part.byteLength}-`);
});

test('download: a try that fails leaves its prefix to the next one', async (t) => {
  const { run, server, assertWhole } = await setUp(t, ({ number, response, send }) => {
    // So often that it does not count as chance.
    if (number > 3 && number < 9) response.destroy();
    else send();
    if (number === 2) server.release();
  });
  const outcomes = await run({ tries: 3 });
  await assertWhole(outcomes);
  assert.equal(server.asked.filter((range) => range === 'all').length, 1);
});

test('download: a file of nginx in segments, and the rest of it', {
  skip: await noNginx(),
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const { url } = await startNginx(t, 'limit_rate 20m;', { 'root/big.bin': DATA });
  const options = { directory, segments: 4, digest: true };
  const [outcome] = await Array.fromAsync(download([`${url}/big.bin`], options));
  assert.deepEqual([outcome?.status, outcome?.digest], ['ok', `sha256:${SHA256}`]);
});

test('download: for any failures of segments, the bytes are the same', async (t) => {
  const { run, server, assertWhole } = await setUp(t, ({ range, request, response, send }) => {
    const { start, end } = range;
    const dice = Math.random();
    if (dice < 0.7) return send();
    if (dice < 0.75) return request.socket.destroy();
    if (dice < 0.8) return response.writeHead(503).end();
    response.writeHead(206, {
      etag: '"1"',
      'content-range': `bytes ${start}-${end - 1}/${DATA.byteLength}`,
      'content-length': end - start,
    });
    const came = Math.floor(Math.random() * (end - start));
    response.write(DATA.subarray(start, start + came), () => response.destroy());
  });
  server.release();
  for (let round = 0; round < 10; round++) {
    await assertWhole(await run({ tries: 50, segments: 2 + round, replaceExisting: true }));
  }
});

for (const segments of [0, 17, 1.5, Number.NaN]) {
  test(`download: ${segments} segments are a RangeError`, async (t) => {
    const directory = await temporaryDirectory(t);
    await assert.rejects(Array.fromAsync(download([], { directory, segments })), RangeError);
  });
}
