import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { originOf } from '../../src/model/origin-of.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** What an origin is by definition; undefined for an invalid URL. */
function origin(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

function originOrNone(url: string): string | undefined {
  try {
    return originOf(url);
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return undefined;
  }
}

for (const [url, expected] of [
  ['http://h/a', 'http://h'],
  ['http://h', 'http://h'],
  ['http://h?q', 'http://h'],
  ['http://h#f', 'http://h'],
  ['http://h\\a', 'http://h'],
  ['https://h:443/a', 'https://h'],
  ['http://h:443/a', 'http://h:443'],
  ['HTTP://H.Example/a', 'http://h.example'],
  ['http://user:pass@h/a', 'http://h'],
  ['http://a@b@h/a', 'http://h'],
  ['http://b\u00fccher.example/', 'http://xn--bcher-kva.example'],
  ['http://%68/', 'http://h'],
  ['http://127.1/', 'http://127.0.0.1'],
  ['http://[::1]:80/', 'http://[::1]'],
  ['http:\\\\h\\a', 'http://h'],
  ['http:///h/a', 'http://h'],
  ['  http://h/a', 'http://h'],
  ['http://h \n', 'http://h'],
  ['http://a\tb/c', 'http://ab'],
  ['http://h\n:8080/c', 'http://h:8080'],
  ['ftp://h:21/a', 'ftp://h'],
  ['data:,x', 'null'],
] as const) {
  test(`originOf: ${JSON.stringify(url)} is of ${expected}`, () => {
    assert.equal(originOf(url), expected);
    // From now on it is known, and stays what it was.
    assert.equal(originOf(url), expected);
  });
}

for (const url of ['', 'h', '/a', 'http://', 'http://a b/', 'http://h\0/', 'http://h:99999/']) {
  test(`originOf: ${JSON.stringify(url)} is no URL`, () => {
    for (let turn = 0; turn < 2; turn++) {
      assert.throws(() => originOf(url), { name: 'TypeError', code: 'ERR_INVALID_URL' });
    }
  });
}

/** What the beginnings of URLs are made of, and what makes trouble in them. */
const bits = fc.constantFrom(
  ...['http://', 'https://', 'HTTP:', 'ftp://', 'file:', '/', '//', '\\', ':', '?', '#', '@', '.'],
  ...['h', 'H', 'example.com', '127.0.0.1', '0x7f.1', '[::1]', '[', ':80', ':443', ':8443', 'u:p@'],
  ...['%41', '%00', '%', ' ', '\t', '\n', '\r', '\0', '\x1f', '\x7f', '\u00a0', '\u2028', '\ufeff'],
  ...['\u00e9', '\u00df', '\u3002', '\u200d', '\u{1f600}', '\ud800', 'xn--', '-', '|', '<', '^'],
);
const urls = fc
  .tuple(
    fc.constantFrom('http://', 'https://', 'HtTp://', 'http:', ''),
    fc.array(bits, { maxLength: 6 }),
  )
  .map(([scheme, rest]) => scheme + rest.join(''));

test('originOf: is what `new URL(url).origin` is, for whatever there may be', () => {
  fc.assert(
    fc.property(fc.oneof(urls, fc.webUrl(), fc.string({ unit: 'binary' })), (url) => {
      assert.equal(originOrNone(url), origin(url));
    }),
    propertyRuns(500),
  );
});

test('originOf: tells apart more origins than it remembers', () => {
  for (const turn of [1, 2]) {
    for (let n = 0; n < 2_500; n++) {
      assert.equal(originOf(`http://h${n}/a/${turn}`), `http://h${n}`);
    }
  }
});
