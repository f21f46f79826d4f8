import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContentRange } from '../../../src/fetch/body/content-range.ts';

for (const [value, range] of [
  ['bytes 3-8/9', { first: 3, last: 8, total: 9 }],
  ['Bytes  0-0/1', { first: 0, last: 0, total: 1 }],
  ['bytes 3-8/*', { first: 3, last: 8, total: undefined }],
  ['bytes */9', { first: undefined, last: undefined, total: 9 }],
  [' bytes 10-21/33 ', { first: 10, last: 21, total: 33 }],
  ['bytes 20-21/22', { first: 20, last: 21, total: 22 }],
  ['bytes 3-3/*', { first: 3, last: 3, total: undefined }],
  ['bytes */*', { first: undefined, last: undefined, total: undefined }],
  ['x bytes 3-8/9', undefined],
  ['xbytes 3-8/9', undefined],
  ['bytes 3-8/9 x', undefined],
  ['bytes 3-8/9x', undefined],
  ['bytes 8-3/9', undefined],
  ['bytes 8-3/*', undefined],
  ['bytes 3-9/9', undefined],
  ['items 3-8/9', undefined],
  ['bytes 3-/9', undefined],
  ['', undefined],
  [undefined, undefined],
] as const) {
  test(`parseContentRange: ${JSON.stringify(value)}`, () => {
    assert.deepEqual(parseContentRange(value), range);
  });
}
