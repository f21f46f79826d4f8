// Slow: seconds of computation.
/** Bodies that decode to far more than was sent. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import {
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  gzipSync,
} from 'node:zlib';
import { HttpClient } from '../../../../src/fetch/http-client.ts';
import { reasonOf } from '../../../../src/model/reason.ts';
import type { BodyWriter } from '../../../../src/model/response.ts';
import { serveHttp } from '../../../support/tiny-server.ts';

const MB = 1024 * 1024;

/** Fast levels: they compress zeros. */
const ENCODERS = {
  gzip: () => createGzip({ level: 1 }),
  deflate: () => createDeflate({ level: 1 }),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: () => createZstdCompress(),
};
type Coding = keyof typeof ENCODERS;

function* zeros(bytes: number): Generator<Buffer, void> {
  const zero = Buffer.alloc(MB);
  for (let sent = 0; sent < bytes; sent += MB) yield zero;
}

/** Serves `size` zeros in these codings, made as they are taken. */
async function serveBomb(t: TestContext, codings: readonly Coding[], bytes: number) {
  const { url } = await serveHttp(t, async (_, response) => {
    response.writeHead(200, { 'content-encoding': codings.join(', ') });
    const encoders = codings.map((coding) => ENCODERS[coding]());
    // The client leaves before the end.
    await pipeline([Readable.from(zeros(bytes)), ...encoders, response]).catch(() => {});
  });
  return url;
}

/** Counts the bytes, and keeps none. */
class Counter implements BodyWriter {
  bytes = 0;
  begin(): void {}
  write(chunk: Uint8Array): undefined {
    this.bytes += chunk.byteLength;
  }
}

async function get(url: string, maxSize: number): Promise<{ bytes: number; reason: string }> {
  await using client = new HttpClient({ decode: true, maxSize });
  const body = new Counter();
  try {
    await client.get({ url }, body, {});
    return { bytes: body.bytes, reason: 'none' };
  } catch (error) {
    return { bytes: body.bytes, reason: reasonOf(error) };
  }
}

const CODINGS: readonly (readonly Coding[])[] = [
  ['gzip'],
  ['deflate'],
  ['br'],
  ['zstd'],
  ['gzip', 'gzip'],
  ['br', 'gzip', 'zstd', 'deflate'],
];

for (const codings of CODINGS) {
  test(`HttpClient.get: decodes no more than is wanted of 200 MB in ${codings.join(', ')}`, async (t) => {
    const url = await serveBomb(t, codings, 200 * MB);
    const { bytes, reason } = await get(url, 10 * MB);
    assert.equal(reason, 'too-large');
    assert.ok(bytes > 5 * MB && bytes <= 10 * MB, `${bytes}`);
  });
}

test('HttpClient.get: decodes a large body in flat memory', async (t) => {
  const url = await serveBomb(t, ['br', 'zstd'], 120 * MB);
  // The first run also allocates memory that stays for good.
  await get(url, 20 * MB);
  const before = process.memoryUsage().rss;
  const { bytes } = await get(url, 100 * MB);
  const grown = process.memoryUsage().rss - before;
  assert.ok(bytes > 90 * MB, `${bytes}`);
  assert.ok(grown < 70 * MB, `${grown} bytes more in memory`);
});

/** Each gzip member is empty: any number of them decodes to nothing. */
const EMPTY = gzipSync('');
const NOTHING = Buffer.alloc((MB / 16) * EMPTY.length, EMPTY);

for (const [what, codings, content] of [
  ['comes to nothing', 'gzip', NOTHING],
  ['comes to nothing between two codings', 'gzip, gzip', gzipSync(NOTHING, { level: 9 })],
] as const) {
  test(`HttpClient.get: limits ${what} as well`, async (t) => {
    const { url } = await serveHttp(t, async (_, response) => {
      response.writeHead(200, { 'content-encoding': codings });
      const endless = function* () {
        for (let sent = 0; sent < 100; sent++) yield content;
      };
      await pipeline(Readable.from(endless()), response).catch(() => {});
    });
    const { bytes, reason } = await get(url, 1);
    assert.deepEqual([bytes, reason], [0, 'too-large']);
  });
}

test('HttpClient.get: encoding when zstd asks for more memory than RFC 9659 allows', async (t) => {
  for (const [log, expected] of [
    [23, 'none'],
    [27, 'encoding'],
  ] as const) {
    const { url } = await serveHttp(t, (_, response) => {
      response.writeHead(200, { 'content-encoding': 'zstd' });
      const encoder = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: log } });
      pipeline(Readable.from(zeros(10 * MB)), encoder, response).catch(() => {});
    });
    assert.equal((await get(url, 100 * MB)).reason, expected);
  }
});
