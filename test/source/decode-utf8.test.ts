import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeUtf8 } from '../../src/source/decode-utf8.ts';
import { propertyRuns } from '../support/property-runs.ts';

const latin1 = (...bytes: number[]): string => Buffer.from(bytes).toString('latin1');

test('decodeUtf8: gives any text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(decodeUtf8(Buffer.from(text).toString('latin1')), text);
    }),
    propertyRuns(),
  );
});

test('decodeUtf8: names the first byte that is not UTF-8', () => {
  const bad = (bytes: string, message: string, offset: number) =>
    assert.throws(() => decodeUtf8(bytes), { name: 'BadValue', message, offset });
  bad(latin1(0x61, 0xe9, 0x62), 'not UTF-8: byte 2 of the line is 0xe9', 1);
  // é, U+FFFD itself, then half a character at the end.
  bad(latin1(0xc3, 0xa9, 0xef, 0xbf, 0xbd, 0xe2, 0x82), 'not UTF-8: byte 6 of the line is 0xe2', 2);
  // Half a surrogate pair, and a slash in two bytes.
  bad(latin1(0xed, 0xa0, 0x80), 'not UTF-8: byte 1 of the line is 0xed', 0);
  bad(latin1(0xc0, 0xaf), 'not UTF-8: byte 1 of the line is 0xc0', 0);
});
