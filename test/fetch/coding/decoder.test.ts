import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Decoder } from '../../../src/fetch/coding/decoder.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../../src/fetch/http-options.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import type { BodyWriter, Part } from '../../../src/model/response.ts';
import { until } from '../../server/ask.ts';
import { Body } from '../../support/body.ts';
import { serveHttp } from '../../support/tiny-server.ts';

const TEXT = 'all work and no play '.repeat(10_000);

const ENCODE = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;

async function get(
  t: Parameters<typeof serveHttp>[0],
  [encoding, content]: readonly [string, Uint8Array],
  { body = new Body(), part, ...options }: HttpOptions & { body?: BodyWriter; part?: Part } = {},
) {
  const asked: unknown[] = [];
  const { url } = await serveHttp(t, (request, response) => {
    asked.push(request.headers['accept-encoding']);
    response.writeHead(200, { 'content-encoding': encoding, 'content-length': content.length });
    response.end(content);
  });
  await using client = new HttpClient({ decode: true, ...options });
  return { ...(await client.get({ url, part }, body, {})), body, asked };
}

for (const [coding, encode] of Object.entries(ENCODE)) {
  test(`get: a body in ${coding} is decoded`, async (t) => {
    const body = new Body();
    const { head, bytes, asked } = await get(t, [coding, encode(TEXT)], { body });
    assert.equal(body.text, TEXT);
    assert.deepEqual([head.length, bytes, asked[0]], [undefined, TEXT.length, 'gzip, br, zstd']);
  });
}

test('get: codings on top of each other, in any case, and identity', async (t) => {
  const body = new Body();
  await get(t, ['GZIP, identity, br', brotliCompressSync(gzipSync(TEXT))], { body });
  assert.equal(body.text, TEXT);
});

test('get: a body is saved as it comes unless told otherwise', async (t) => {
  const body = new Body();
  const content = gzipSync(TEXT);
  const { head, asked } = await get(t, ['gzip', content], { body, decode: false });
  assert.deepEqual(Buffer.concat(body.chunks), content);
  assert.deepEqual([head.length, asked[0]], [content.length, undefined]);
});

test('get: an empty body is empty in any coding', async (t) => {
  const { bytes } = await get(t, ['gzip', new Uint8Array()]);
  assert.equal(bytes, 0);
});

test('get: the plain body when a part is to be gone on from', async (t) => {
  const { asked } = await get(t, ['identity', Buffer.from(TEXT)], {
    part: { bytes: 1, etag: '"x"' },
  });
  assert.deepEqual(asked, ['identity']);
});

/** With a few bytes in the middle changed. */
function broken(content: Buffer): Buffer {
  return Buffer.from(content).fill(0xa5, content.length >> 1, (content.length >> 1) + 8);
}

const NOISE = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff));

for (const [coding, encode] of [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`get: truncated when the ${coding} that comes has no end`, async (t) => {
    const cut = encode(NOISE).subarray(0, -20);
    await assert.rejects(get(t, [coding, cut]), (error) => {
      assert.equal(reasonOf(error), 'truncated', String(error));
      assert.match(String(error), new RegExp(`: ${cut.length} bytes came of the whole body`));
      return true;
    });
  });
}

for (const [what, encoded] of [
  ['is gzip that breaks', ['gzip', broken(gzipSync(NOISE))]],
  ['is no br', ['br', Buffer.from(TEXT)]],
  ['is no zstd', ['zstd', Buffer.from(TEXT)]],
  ['is in a coding that is not known', ['exi', Buffer.from(TEXT)]],
] as const) {
  test(`get: encoding when what comes ${what}`, async (t) => {
    await assert.rejects(get(t, encoded), (error) => {
      assert.equal(reasonOf(error), 'encoding', String(error));
      return true;
    });
  });
}

test('get: too-large counts what was decoded, and no more than that is decoded', async (t) => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const body = new Body();
  await assert.rejects(get(t, ['gzip', bomb], { body, maxSize: 1_000_000 }), {
    name: 'TooLargeError',
  });
  assert.ok(Buffer.concat(body.chunks).length <= 1_000_000);
});

test('get: what the body throws while it is decoded ends the request', async (t) => {
  const body: BodyWriter = {
    begin() {},
    write() {
      throw new Error('no more room');
    },
  };
  await assert.rejects(get(t, ['gzip', gzipSync(TEXT)], { body }), { message: 'no more room' });
});

test('get: what the body rejects while it is decoded ends the request', async (t) => {
  const body: BodyWriter = { begin() {}, write: () => Promise.reject(new Error('no more room')) };
  await assert.rejects(get(t, ['gzip', gzipSync(TEXT)], { body }), { message: 'no more room' });
});

test('Decoder: decodes no more than is taken', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  let taken = 0;
  let pieces = 0;
  let failed: unknown;
  const hold = Promise.withResolvers<void>();
  const decoder = new Decoder(['gzip'], {
    write(chunk) {
      taken += chunk.byteLength;
      pieces++;
      return hold.promise;
    },
    fail: (error) => {
      failed = error;
    },
  });
  decoder.write(bomb);
  const full = decoder.write(bomb);
  await until(() => taken > 0);
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(taken < 1024 * 1024, `${taken} bytes decoded`);
  assert.equal(pieces, 1, 'nothing comes in a pause');
  assert.ok(full instanceof Promise, 'the sender is to pause');
  decoder[Symbol.dispose]();
  hold.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(failed, undefined);
});
