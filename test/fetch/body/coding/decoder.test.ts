// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { Decoder } from '../../../../src/fetch/body/coding/decoder.ts';
import { HttpClient } from '../../../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../../../src/fetch/http-options.ts';
import { reasonOf } from '../../../../src/model/reason.ts';
import type { BodyWriter, Part } from '../../../../src/model/response.ts';
import { until } from '../../../server/ask.ts';
import { Body } from '../../../support/body.ts';
import { serveHttp } from '../../../support/tiny-server.ts';

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
  test(`HttpClient.get: decodes a body in ${coding}`, async (t) => {
    const body = new Body();
    const { head, bytes, asked } = await get(t, [coding, encode(TEXT)], { body });
    assert.equal(body.text, TEXT);
    assert.deepEqual([head.length, bytes, asked[0]], [undefined, TEXT.length, 'gzip, br, zstd']);
  });
}

test('HttpClient.get: undoes several codings, in any case, and identity', async (t) => {
  const body = new Body();
  await get(t, ['GZIP, identity, br', brotliCompressSync(gzipSync(TEXT))], { body });
  assert.equal(body.text, TEXT);
});

test('HttpClient.get: saves a body as it was sent by default', async (t) => {
  const body = new Body();
  const content = gzipSync(TEXT);
  const { head, asked } = await get(t, ['gzip', content], { body, decode: false });
  assert.deepEqual(Buffer.concat(body.chunks), content);
  assert.deepEqual([head.length, asked[0]], [content.length, undefined]);
});

test('HttpClient.get: accepts an empty body in any coding', async (t) => {
  const { bytes } = await get(t, ['gzip', new Uint8Array()]);
  assert.equal(bytes, 0);
});

test('HttpClient.get: asks for the plain body to continue a part', async (t) => {
  const { asked } = await get(t, ['identity', Buffer.from(TEXT)], {
    part: { bytes: 1, etag: '"x"', length: TEXT.length },
  });
  assert.deepEqual(asked, ['identity']);
});

/** `bytes` with a few bytes in the middle changed. */
function broken(content: Buffer): Buffer {
  return Buffer.from(content).fill(0xa5, content.length >> 1, (content.length >> 1) + 8);
}

const NOISE = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff));

for (const [coding, encode] of [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`HttpClient.get: truncated when the ${coding} stream has no end`, async (t) => {
    const cut = encode(NOISE).subarray(0, -20);
    await assert.rejects(get(t, [coding, cut]), (error) => {
      assert.equal(reasonOf(error), 'truncated', String(error));
      assert.match(String(error), new RegExp(`broke off after ${cut.length} bytes`));
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
  test(`HttpClient.get: encoding when the body ${what}`, async (t) => {
    await assert.rejects(get(t, encoded), (error) => {
      assert.equal(reasonOf(error), 'encoding', String(error));
      return true;
    });
  });
}

test('HttpClient.get: decodes deflate without the zlib wrapper', async (t) => {
  for (const text of [TEXT, '', 'x']) {
    const body = new Body();
    await get(t, ['deflate', deflateRawSync(text)], { body });
    assert.equal(body.text, text);
  }
});

/** The decoded body, when it comes in pieces of this size; or the reason of a failure. */
async function decoded(
  codings: ConstructorParameters<typeof Decoder>[0],
  content: Buffer,
  size: number,
) {
  const pieces: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  using decoder = new Decoder(codings, {
    write: (piece) => void pieces.push(Buffer.from(piece)),
    fail: (error) => resolve(reasonOf(error)),
  });
  for (let at = 0; at < content.length; at += size) {
    const full = decoder.write(content.subarray(at, at + size));
    if (full !== undefined) await Promise.race([full, promise]);
  }
  const end = await Promise.race([decoder.end().then(() => 'whole'), promise]);
  return { end, text: Buffer.concat(pieces).toString(), note: decoder.note };
}

const OTHER = 'and no play '.repeat(7_000);
const GARBAGE = Buffer.from('<!-- served by x -->\0\0');

for (const [what, coding, content, text] of [
  ['a gzip and another', 'gzip', [gzipSync(TEXT), gzipSync(OTHER)], TEXT + OTHER],
  ['small gzips', 'gzip', [gzipSync('a'), gzipSync(''), gzipSync('b')], 'ab'],
  ['a zstd and another', 'zstd', [zstdCompressSync(TEXT), zstdCompressSync(OTHER)], TEXT + OTHER],
  ['a gzip with a name', 'gzip', [named(gzipSync('a')), named(gzipSync(TEXT))], `a${TEXT}`],
] as const) {
  for (const size of [1, 7, 1_000, 65_536]) {
    test(`Decoder: ${what} are one body, in pieces of ${size} bytes`, async () => {
      const { note, ...got } = await decoded([coding], Buffer.concat(content), size);
      assert.deepEqual([got, note], [{ end: 'whole', text }, undefined]);
    });
  }
}

/**
 * A member with a name, a comment, an extra field and a checksum in its header (RFC 1952 section
 * 2.3).
 */
function named(member: Buffer): Buffer {
  const header = Buffer.from(member.subarray(0, 10)).fill(0x1e, 3, 4);
  const extra = Buffer.from([4, 0, 0, 1, 0, 2]);
  return Buffer.concat([header, extra, Buffer.from('name\0words\0..'), member.subarray(10)]);
}

for (const [coding, whole] of [
  ['gzip', gzipSync(TEXT)],
  ['gzip', gzipSync('small')],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['zstd', zstdCompressSync(TEXT)],
] as const) {
  test(`Decoder: leaves out bytes after the end of ${coding}, with a note`, async () => {
    const { text } = await decoded([coding], whole, 65_536);
    for (const garbage of [GARBAGE, Buffer.alloc(1), Buffer.alloc(200_000), Buffer.from('x')]) {
      for (const size of [1_000, 65_536, whole.length]) {
        const got = await decoded([coding], Buffer.concat([whole, garbage]), size);
        assert.equal(got.end, 'whole');
        assert.ok(got.text === text, `${got.text.length} of ${text.length} bytes`);
        assert.match(got.note ?? '', /^bytes behind the end of what is/);
      }
    }
  });

  test(`Decoder: a ${coding} stream is truncated wherever it is cut`, async () => {
    for (let cut = 1; cut < whole.length; cut += cut < 30 ? 1 : 97) {
      const { end } = await decoded([coding], whole.subarray(0, -cut), 1_000);
      assert.equal(end, 'truncated', `without the last ${cut} bytes`);
    }
  });
}

for (const [coding, second] of [
  ['gzip', gzipSync(OTHER)],
  ['gzip', named(gzipSync('b'))],
  ['zstd', zstdCompressSync(OTHER)],
] as const) {
  test(`Decoder: a second ${coding} stream is truncated wherever it is cut`, async () => {
    const first = coding === 'gzip' ? gzipSync('a') : zstdCompressSync('a');
    for (let length = 1; length < second.length; length += length < 40 ? 1 : 31) {
      const content = Buffer.concat([first, second.subarray(0, length)]);
      for (const size of [first.length, 65_536]) {
        assert.equal((await decoded([coding], content, size)).end, 'truncated', `${length} bytes`);
      }
    }
  });
}

test('Decoder: each of several codings must have its end', async () => {
  for (const [inner, outer] of [
    [gzipSync(TEXT), brotliCompressSync],
    [zstdCompressSync(TEXT), gzipSync],
  ] as const) {
    const codings = inner[0] === 0x1f ? (['gzip', 'br'] as const) : (['zstd', 'gzip'] as const);
    const whole = outer(inner);
    assert.equal((await decoded(codings, whole, 100)).text, TEXT);
    assert.equal((await decoded(codings, whole.subarray(0, -1), 100)).end, 'truncated');
    assert.equal((await decoded(codings, outer(inner.subarray(0, -1)), 100)).end, 'truncated');
    assert.equal((await decoded(codings, outer(Buffer.alloc(0)), 100)).end, 'truncated');
    const behind = await decoded(codings, outer(Buffer.concat([inner, GARBAGE])), 100);
    assert.deepEqual([behind.end, behind.text === TEXT], ['whole', true]);
  }
});

test('Decoder: an invalid second gzip member fails', async () => {
  const content = Buffer.concat([gzipSync(TEXT), Buffer.from('1f8b00', 'hex'), GARBAGE]);
  assert.equal((await decoded(['gzip'], content, 1_000)).end, 'encoding');
  const wrong = Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)]);
  assert.equal((await decoded(['gzip'], wrong, 1_000)).end, 'encoding');
});

test('HttpClient.get: too-large counts decoded bytes, and decodes no more', async (t) => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const body = new Body();
  await assert.rejects(get(t, ['gzip', bomb], { body, maxSize: 1_000_000 }), {
    name: 'TooLargeError',
  });
  assert.ok(Buffer.concat(body.chunks).length <= 1_000_000);
});

test('HttpClient.get: fails with what the body throws during decoding', async (t) => {
  const body: BodyWriter = {
    begin() {},
    write() {
      throw new Error('no more room');
    },
  };
  await assert.rejects(get(t, ['gzip', gzipSync(TEXT)], { body }), { message: 'no more room' });
});

test('HttpClient.get: fails with what the body rejects with during decoding', async (t) => {
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
