import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Announced,
  type Asked,
  bodyRangeOf,
  parseContentRange,
} from '../../src/fetch/body-range.ts';
import { ByteRangeError } from '../../src/model/failure.ts';

const ETAG = '"x"';
const PART = { bytes: 3, etag: ETAG, length: 9 };
const WHOLE: Asked = { offset: 0, part: undefined };
const REST: Asked = { offset: 3, part: PART };
/** A response with the whole file, after a request for the rest was refused. */
const AGAIN: Asked = { offset: 0, part: PART };
const SEGMENT: Asked = { offset: 3, part: PART, segment: { end: 6, length: 9 } };

function announced(status: number, more: Partial<Announced> = {}): Announced {
  return { status, contentRange: undefined, contentLength: undefined, isEncoded: false, ...more };
}

for (const [what, head, asked, place] of [
  ['a 200', announced(200, { contentLength: 9 }), WHOLE, [0, 9, 9]],
  ['a 200 of unknown length', announced(200), WHOLE, [0, undefined, undefined]],
  [
    'an encoded 200',
    announced(200, { contentLength: 5, isEncoded: true }),
    WHOLE,
    [0, 5, undefined],
  ],
  ['an unasked 206 with all', announced(206, { contentRange: 'bytes 0-8/9' }), WHOLE, [0, 9, 9]],
  ['an unasked 206 with some', announced(206, { contentRange: 'bytes 0-4/9' }), WHOLE, [0, 5, 9]],
  ['a 200 with some', announced(200, { contentRange: 'bytes 0-4/9' }), WHOLE, [0, 5, 9]],
  [
    'an encoded 206 with all',
    announced(206, { contentRange: 'bytes 0-4/5', isEncoded: true }),
    WHOLE,
    [0, 5, undefined],
  ],
  [
    'a 200 with a range that says nothing more',
    announced(200, { contentRange: 'bytes 0-8/*', contentLength: 9 }),
    WHOLE,
    [0, 9, 9],
  ],
  [
    'a 200 with an invalid range',
    announced(200, { contentRange: 'bytes 0-9/9', contentLength: 9 }),
    WHOLE,
    [0, 9, 9],
  ],
  ['the rest', announced(206, { contentRange: 'bytes 3-8/9', etag: ETAG }), REST, [3, 6, 9]],
  ['the rest as a 200', announced(200, { contentRange: 'bytes 3-8/9' }), REST, [3, 6, 9]],
  ['the rest without a total', announced(206, { contentRange: 'bytes 3-8/*' }), REST, [3, 6, 9]],
  ['some of the rest', announced(206, { contentRange: 'bytes 3-5/9' }), REST, [3, 3, 9]],
  ['all in place of the rest', announced(206, { contentRange: 'bytes 0-8/9' }), REST, [0, 9, 9]],
  ['a 200 as long as the file', announced(200, { contentLength: 9, etag: ETAG }), REST, [0, 9, 9]],
  ['a 200 of another version', announced(200, { contentLength: 6, etag: '"y"' }), REST, [0, 6, 6]],
  ['a 200 after a refusal', announced(200, { contentLength: 9, etag: ETAG }), AGAIN, [0, 9, 9]],
  ['the same in chunks', announced(200, { etag: ETAG }), AGAIN, [0, undefined, 9]],
  ['a 200 that names no version', announced(200, { contentLength: 6 }), AGAIN, [0, 6, 6]],
  ['a segment', announced(206, { contentRange: 'bytes 3-5/9' }), SEGMENT, [3, 3, 9]],
] as const) {
  test(`bodyRangeOf: ${what}`, () => {
    const { offset, size, length } = bodyRangeOf(head, asked);
    assert.deepEqual([offset, size, length], place);
  });
}

for (const [what, head, asked, words, length] of [
  [
    'a 206 without a range',
    announced(206),
    REST,
    'it does not say which bytes it sends',
    undefined,
  ],
  [
    'a 206 without bytes',
    announced(206, { contentRange: 'bytes */9' }),
    REST,
    'it does not say which bytes it sends',
    undefined,
  ],
  [
    'another start',
    announced(206, { contentRange: 'bytes 4-8/9' }),
    REST,
    'it sends the bytes from 4 on, not from 3',
    9,
  ],
  [
    'the beginning in place of the rest',
    announced(206, { contentRange: 'bytes 0-5/9' }),
    REST,
    'it sends the bytes from 0 on, not from 3',
    9,
  ],
  [
    'an unasked end',
    announced(200, { contentRange: 'bytes 3-8/9' }),
    WHOLE,
    'it sends the bytes from 3 on',
    9,
  ],
  [
    'an unasked beginning of who knows how much',
    announced(206, { contentRange: 'bytes 0-5/*' }),
    WHOLE,
    'it does not say how long the file is',
    undefined,
  ],
  [
    'an encoded part',
    announced(206, { contentRange: 'bytes 3-8/9', isEncoded: true }),
    REST,
    'it sends an encoded part of the file',
    9,
  ],
  [
    'another version',
    announced(206, { contentRange: 'bytes 3-8/9', etag: '"y"' }),
    REST,
    'the file is another one by now',
    9,
  ],
  [
    'the same version of another length',
    announced(206, { contentRange: 'bytes 3-9/10', etag: ETAG }),
    REST,
    'the file has 10 bytes, and had 9 before',
    10,
  ],
  [
    'more than the file has',
    announced(206, { contentRange: 'bytes 3-9/*', etag: ETAG }),
    REST,
    'the file has 10 bytes, and had 9 before',
    10,
  ],
  [
    'another length than its range',
    announced(206, { contentRange: 'bytes 3-8/9', contentLength: 5 }),
    REST,
    'it announces 6 bytes and sends 5',
    9,
  ],
  [
    'a 200 as long as the rest',
    announced(200, { contentLength: 6, etag: ETAG }),
    REST,
    'it sends 6 bytes and does not say which',
    undefined,
  ],
  [
    'a 200 in chunks',
    announced(200),
    REST,
    'it sends a body of unknown length and does not say which',
    undefined,
  ],
  [
    'the same version of another length, after a refusal',
    announced(200, { contentLength: 6, etag: ETAG }),
    AGAIN,
    'the file has 6 bytes, and had 9 before',
    6,
  ],
  [
    'the whole file for a segment',
    announced(200, { contentLength: 9 }),
    SEGMENT,
    'it sends the whole file',
    undefined,
  ],
  [
    'another end of a segment',
    announced(206, { contentRange: 'bytes 3-8/9' }),
    SEGMENT,
    'it sends the bytes to 8, not to 5',
    9,
  ],
  [
    'a segment of a longer file',
    announced(206, { contentRange: 'bytes 3-5/10' }),
    SEGMENT,
    'the file has 10 bytes',
    10,
  ],
  [
    'a segment of who knows what',
    announced(206, { contentRange: 'bytes 3-5/*' }),
    SEGMENT,
    'the file has any number of bytes',
    undefined,
  ],
] as const) {
  test(`bodyRangeOf: refuses ${what}`, () => {
    assert.throws(
      () => bodyRangeOf(head, asked),
      (error) => {
        assert.ok(error instanceof ByteRangeError, String(error));
        assert.equal(
          error.message,
          `the server does not send the bytes that were asked for: ${words}`,
        );
        assert.equal(error.length, length);
        return true;
      },
    );
  });
}

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
