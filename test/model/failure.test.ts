import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  ByteRangeError,
  DownloadError,
  EncodingError,
  HeaderError,
  HttpStatusError,
  ProxyError,
  RedirectError,
  SocksError,
  TruncatedError,
} from '../../src/model/failure.ts';
import {
  ChecksumError,
  NameCollisionError,
  TooLargeError,
  TooSlowError,
  TooSmallError,
  WrongSizeError,
  WrongTypeError,
} from '../../src/model/file-errors.ts';

const ITEM = { index: 0, url: 'http://h/br.gif' };

test('DownloadError: names the row and keeps the original', () => {
  const cause = new HttpStatusError(503, 'Service Unavailable');
  const error = new DownloadError(ITEM, cause);
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'DownloadError');
  assert.equal(error.message, 'http://h/br.gif: 503 Service Unavailable');
  assert.equal(error.item, ITEM);
  assert.equal(error.cause, cause);
  assert.equal(error.reason, 'http-503');
  assert.equal(error.detail, '503 Service Unavailable');
});

test('DownloadError: calls the row by the name asked for', () => {
  const error = new DownloadError({ ...ITEM, name: 'brazil.gif' }, new Error('no'));
  assert.equal(error.message, 'brazil.gif: no');
});

test('DownloadError: keeps a cause that is undefined', () => {
  const error = new DownloadError(ITEM, undefined);
  assert.ok(Object.hasOwn(error, 'cause'));
  assert.equal(error.detail, 'undefined');
});

test('DownloadError: written out by a logger, it has no secret of its row', () => {
  const url = 'http://ann:s3cr3t@[no host]/';
  const item = { index: 0, url, headers: { authorization: 'Bearer s3cr3t' } };
  const invalid = () => new URL(url);
  assert.throws(invalid, (cause: unknown) => inspect(cause).includes('s3cr3t'));
  try {
    invalid();
  } catch (cause) {
    const error = new DownloadError(item, cause);
    assert.equal(error.item, item);
    assert.equal(error.reason, 'bad-url');
    const written = [inspect(error, { depth: 9 }), JSON.stringify(error), String(error.stack)];
    for (const text of written) assert.doesNotMatch(text, /s3cr3t/);
    assert.match(written[0] as string, /input: 'http:\/\/\[no host\]\/'/);
  }
});

test('HttpStatusError: the status alone where the server gives no words', () => {
  assert.equal(new HttpStatusError(503).message, '503');
  assert.equal(new HttpStatusError(503, '').message, '503');
  assert.equal(new HttpStatusError(418, "I'm a Teapot").message, "418 I'm a Teapot");
});

test('TruncatedError: how much came of how much', () => {
  const cause = new Error('other side closed');
  const error = new TruncatedError(100, 40, cause);
  assert.equal(error.message, 'the body had 40 bytes in place of 100');
  assert.equal(error.reason, 'truncated');
  assert.equal(error.cause, cause);
});

test('TruncatedError: the length may not have been announced', () => {
  const { message } = new TruncatedError(Number.NaN, 40);
  assert.equal(message, 'the body broke off after 40 bytes');
});

test('NameCollisionError: names the file', () => {
  const error = new NameCollisionError('d/a.gif');
  assert.match(error.message, /d\/a\.gif/);
  assert.equal(error.reason, 'name-collision');
});

test('DownloadError: shows no password', () => {
  const item = { index: 0, url: 'http://ann:s3@cret@h/a@b' };
  assert.equal(new DownloadError(item, new Error('no')).message, 'http://h/a@b: no');
});

for (const [error, reason, message] of [
  [new HttpStatusError(429, 'Slow', 7000), 'http-429', '429 Slow'],
  [new RedirectError('redirect-loop', 'round'), 'redirect-loop', 'round'],
  [new ProxyError(407), 'proxy', 'the proxy refused: 407'],
  [
    new ByteRangeError('no', 9),
    'range',
    'the server does not send the bytes that were asked for: no',
  ],
  [new EncodingError('exi'), 'encoding', 'the content encoding "exi" is not known'],
  [
    new EncodingError('br', new Error('bad')),
    'encoding',
    'the content encoding "br" does not decode: bad',
  ],
  [
    new TooLargeError(5, 6),
    'too-large',
    'the file is 6 bytes long, and more than 5 bytes are not accepted',
  ],
  [new TooLargeError(5), 'too-large', 'the file is longer, and more than 5 bytes are not accepted'],
  [
    new TooSmallError(5, 4),
    'too-small',
    'the file is 4 bytes long, and less than 5 bytes are not accepted',
  ],
  [
    new WrongTypeError('text/html', 'image/*'),
    'wrong-type',
    'the file is text/html, and only image/* is accepted',
  ],
  [new WrongSizeError(5, 4), 'wrong-size', 'the file is 4 bytes long, and the list says 5'],
  [new SocksError('connect', 'cannot reach it'), 'connect', 'the SOCKS proxy cannot reach it'],
  [
    new ChecksumError({ algorithm: 'md5', hex: 'aa' }, 'bb', 'content-md5'),
    'checksum',
    'the md5 is bb, not aa, which the server says in content-md5',
  ],
  [new TooSlowError(9, 1500), 'too-slow', 'only 9 bytes came in 1.5 s'],
  [new HeaderError('x', 'no'), 'bad-row', 'the header "x" cannot be sent: no'],
  [new ChecksumError({ algorithm: 'md5', hex: 'aa' }, 'bb'), 'checksum', 'the md5 is bb, not aa'],
] as const) {
  test(`${error.name}: ${message}`, () => {
    assert.deepEqual([error.reason, error.message], [reason, message]);
    assert.equal(error.name, error.constructor.name);
  });
}
