import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHttpDate } from '../../src/model/http-date.ts';

const MS = Date.UTC(1994, 10, 6, 8, 49, 37);

for (const [text, ms] of [
  // The three forms of RFC 9110 section 5.6.7.
  ['Sun, 06 Nov 1994 08:49:37 GMT', MS],
  ['Sunday, 06-Nov-94 08:49:37 GMT', MS],
  ['Sun Nov  6 08:49:37 1994', MS],
  ['1994-11-06', undefined],
  ['06 Nov 1994', undefined],
  ['Sun, the sixth', undefined],
  [`Sun, ${'0'.repeat(1_000_000)} 1994`, undefined],
  ['', undefined],
] as const) {
  test(`parseHttpDate: ${JSON.stringify(text).slice(0, 40)}`, () =>
    assert.equal(parseHttpDate(text), ms));
}
