// Slow: seconds of computation.
/** Every parser of what a server sends takes linear time: a head of 64 kB takes milliseconds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SentSecrets } from '../../src/fetch/auth/sent-secrets.ts';
import { CodedInput } from '../../src/fetch/body/coding/coded-input.ts';
import { codingsOf, ownCompression } from '../../src/fetch/body/coding/content-codings.ts';
import { gunzip } from '../../src/fetch/body/coding/gzip.ts';
import { parseContentRange } from '../../src/fetch/body-range.ts';
import { classifyResponse } from '../../src/fetch/classify-response.ts';
import { Cookies } from '../../src/fetch/cookies.ts';
import { ChunkReader } from '../../src/fetch/http1/chunk-reader.ts';
import { frame, keepAliveOf, keepsConnection } from '../../src/fetch/http1/framing.ts';
import { type Head, parseHead } from '../../src/fetch/http1/head.ts';
import { ResponseReader } from '../../src/fetch/http1/response-reader.ts';
import { RedirectChain } from '../../src/fetch/redirect-chain.ts';
import { parseRetryAfter } from '../../src/fetch/retry-after.ts';
import { conditionsOf, mayBeSame } from '../../src/fetch/validators.ts';

/**
 * Texts of each kind of character that parsers look for, and of mixtures on which they might
 * backtrack.
 */
const CLASSES: readonly string[] = [
  ...[' ', '\t', 'a', 'Z', '0', '9', '.', ',', ';', ':', '=', '"', '/', '@', '%', '-', '*', '\\'],
  ...['\r', '\n', '\x01', '\x7f', '\x80', '\xa0', '\xff', '\r\n', '\r\n ', '\n\t', '\n\n', 'a\n'],
  ...[
    ' ,',
    ', ',
    '\t ',
    ' a',
    'a:\r\n',
    'x: y\r\n',
    'timeout=',
    'bytes ',
    '"a',
    'a=b; ',
    ' 1234',
    '(a',
  ],
];

const OK = 'HTTP/1.1 200 OK\r\n';
const EXPECTED = { url: 'http://a/', offset: 0, part: undefined, decode: true, maxSize: 1 };

/** Parses a value by each parser for this header; invalid ones are refused. */
function take(name: string, text: string): void {
  const headers = { [name]: `x${text}x` };
  const read: Head = { minor: 1, status: 200, statusText: '', isOdd: false, headers };
  classifyResponse(name === 'location' ? { ...read, status: 302 } : read, EXPECTED, Date.now);
  keepsConnection(read);
  keepAliveOf(read);
  frame(read);
}

const jar = new Cookies(undefined);

const PARSERS: Readonly<Record<string, (text: string) => void | Promise<void>>> = {
  'a reason': (text) => void parseHead(`HTTP/1.1 500 ${text}`),
  'a head': (text) => void parseHead(OK + text),
  'a name': (text) => void parseHead(`${OK}${text}: x`),
  'a value': (text) => void parseHead(`${OK}x: x${text}x`),
  'a coding in a head': (text) => void parseHead(`${OK}transfer-encoding: ${text}`),
  ...Object.fromEntries(
    [
      ...['transfer-encoding', 'content-length', 'content-encoding', 'connection', 'keep-alive'],
      ...['retry-after', 'location', 'content-type', 'content-disposition'],
    ].map((name) => [name, (text: string) => take(name, text)]),
  ),
  'a coding': (text) => void codingsOf([text]),
  'a name of a file': (text) => {
    ownCompression({
      names: [text, `http://${text}`],
      contentType: text,
      contentDisposition: text,
    });
  },
  'a range': (text) => void parseContentRange(`bytes ${text}x`),
  'a time to wait': (text) => {
    for (const value of [`${text}x`, `Mon, ${text}`]) parseRetryAfter(value, 0);
  },
  'a version': (text) => {
    const version = { etag: text, lastModified: text };
    mayBeSame(version, { etag: `W/${text}`, lastModified: text });
    conditionsOf({ url: 'http://a/', part: { bytes: 1, ...version } }, false);
    conditionsOf({ url: 'http://a/', part: { bytes: 1, ...version } }, true);
  },
  'a redirect': (text) => new RedirectChain(new URL('http://a/'), 1).follow(text),
  'a cookie': async (text) => {
    for (const line of [`a=${text}; path=${text}`, `a=b; ${text}=c`]) {
      await jar.keep(new URL('http://a/'), [line]);
    }
  },
  'a message': (text) => {
    const secrets = new SentSecrets();
    secrets.note({ authorization: 'Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' });
    secrets.mask(new Error(`${text}…`));
  },
  chunks: (text) => void new ChunkReader().read(Buffer.from(text, 'latin1'), 0, () => true),
  'a gzip': async (text) => {
    const flags = Buffer.from('1f8b081e0000000000000000', 'hex');
    const bytes = Buffer.concat([flags, Buffer.from(text, 'latin1')]);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
    }
    for await (const _ of gunzip(new CodedInput(pieces()))) break;
  },
};

/** Enough for a quadratic parser to take seconds. */
const LENGTH = 64 * 1024;

/** In ms. Below this, growth does not count. */
const QUICK = 100;

/** Twice the length takes twice as long; quadratic time would take four times as long. */
const MOST_GROWTH = 3.5;

/** CPU time in ms, so that another busy process does not matter. */
async function timed(parse: (text: string) => void | Promise<void>, text: string): Promise<number> {
  const before = process.threadCpuUsage();
  try {
    await parse(text);
  } catch {
    // Most of it is invalid. What counts is how long it takes to notice.
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

for (const [what, parse] of Object.entries(PARSERS)) {
  test(`parsers: ${what} of 64 kB takes time in proportion to its length`, async () => {
    for (const part of CLASSES) {
      const text = part.repeat(LENGTH / part.length);
      const whole = await timed(parse, text);
      if (whole < QUICK) continue;
      // The machine may have been busy: the best of several runs counts.
      const half: number[] = [];
      const all = [whole];
      for (let run = 0; run < 3; run++) {
        half.push(await timed(parse, text.slice(0, text.length / 2)));
        all.push(await timed(parse, text));
      }
      const growth = Math.min(...all) / Math.min(...half);
      const name = JSON.stringify(part);
      assert.ok(
        Math.min(...all) < QUICK || growth < MOST_GROWTH,
        `${name}: ${growth} times as long`,
      );
      assert.ok(Math.min(...all) < 500, `${name}: ${Math.min(...all)} ms`);
    }
  });
}

test('ResponseReader: a head of 256 kB byte by byte takes time in proportion to its length', () => {
  const reader = new ResponseReader({ onHead: () => {}, onData: () => true });
  const text = Buffer.from(`${OK}x: ${'y'.repeat(250_000)}\r\n\r\n`);
  const before = process.threadCpuUsage();
  for (let at = 0; at < text.length; at++) reader.read(text.subarray(at, at + 1));
  const { user, system } = process.threadCpuUsage(before);
  assert.ok((user + system) / 1000 < 3_000);
});
