import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell, StoredValue } from '../../../src/source/parquet/cell-text.ts';
import { decodeDictionary, decodePage } from '../../../src/source/parquet/decode-page.ts';
import { type Page, readPageHeader } from '../../../src/source/parquet/page-header.ts';
import { ParquetError } from '../../../src/source/parquet/parquet-error.ts';
import type { ParquetColumn } from '../../../src/source/parquet/schema.ts';

const COLUMN: ParquetColumn = {
  ...{ name: 'x', index: 0, type: { is: 'text' }, what: '', stored: 'BYTE_ARRAY' },
  ...{ length: undefined, maxLevel: 0 },
};
const DICTIONARY = ['a', 'b', 'c', 'd'];

function decode(
  values: number,
  encoding: Page['encoding'],
  bytes: readonly number[],
  column: Partial<ParquetColumn> = {},
): Cell[] {
  const page: Page = {
    ...{ kind: 'data', headerBytes: 0, bytes: 0, unpackedBytes: 0, values, encoding },
    ...{ isCompressed: false, repetitionBytes: 0, definitionBytes: 0 },
  };
  return decodePage(Uint8Array.from(bytes), page, {
    column: { ...COLUMN, ...column },
    write: (value: StoredValue) => (value instanceof Uint8Array ? String(value) : `${value}`),
    dictionary: DICTIONARY,
  });
}

test('decodePage: indexes into the dictionary, and nulls by their level', () => {
  // Width 2; a run of three times 1; then eight packed values, of which two are there.
  assert.deepEqual(decode(5, 'RLE_DICTIONARY', [2, 6, 1, 3, 0b1110, 0]), ['b', 'b', 'b', 'c', 'd']);
  assert.deepEqual(decode(3, 'PLAIN_DICTIONARY', [0]), ['a', 'a', 'a']);
  const levels = [2, 0, 0, 0, 3, 0b0101];
  assert.deepEqual(decode(3, 'RLE_DICTIONARY', [...levels, 2, 4, 3], { maxLevel: 1 }), [
    ...['d', null, 'd'],
  ]);
});

test('decodePage: booleans in runs, and plain values', () => {
  const column = { stored: 'BOOLEAN' } as const;
  assert.deepEqual(decode(3, 'RLE', [2, 0, 0, 0, 3, 0b101], column), ['true', 'false', 'true']);
  assert.deepEqual(decode(2, 'PLAIN', [0b10], column), ['false', 'true']);
  assert.deepEqual(decode(1, 'PLAIN', [7, 0, 0, 0], { stored: 'INT32' }), ['7']);
});

/** A number in groups of seven bits. */
const LARGE = [0xfe, 0xff, 0xff, 0xff, 0x07];

for (const [what, values, encoding, bytes, column] of [
  ['a run of 2^30 levels', 3, 'PLAIN', [6, 0, 0, 0, ...LARGE, 1], { maxLevel: 1 }],
  ['levels beyond the page', 3, 'PLAIN', [0xff, 0xff, 0xff, 0x7f, 6, 1], { maxLevel: 1 }],
  ['a run of 2^30 indexes', 3, 'RLE_DICTIONARY', [2, ...LARGE, 1], {}],
  ['empty runs', 3, 'RLE_DICTIONARY', [2, 0, 0, 0, 0], {}],
  ['a width of 200 bits', 3, 'RLE_DICTIONARY', [200, 6, 1], {}],
  ['an index beyond the dictionary', 3, 'RLE_DICTIONARY', [3, 6, 7], {}],
  ['a text beyond the page', 1, 'PLAIN', [9, 0, 0, 0, 97], {}],
  ['more numbers than bytes', 16_000_000, 'PLAIN', [9, 0, 0, 0], { stored: 'INT32' }],
  ['fixed bytes without a length', 1, 'PLAIN', [1, 2], { stored: 'FIXED_LEN_BYTE_ARRAY' }],
  ['no blocks', 9, 'DELTA_BINARY_PACKED', [0, 0, 9, 2], { stored: 'INT32' }],
  ['a huge block', 9, 'DELTA_BINARY_PACKED', [...LARGE, ...LARGE, 9, 2], { stored: 'INT64' }],
  ['a split of text', 2, 'BYTE_STREAM_SPLIT', [1, 2], {}],
  ['an encoding that is not read', 2, 'BIT_PACKED', [1, 2], {}],
] as const) {
  test(`decodePage: ${what} is damage`, () => {
    assert.throws(() => decode(values, encoding, bytes, column), ParquetError);
  });
}

test('decodePage: texts that grow by what they share are bounded', () => {
  // A prefix of 2^27 bytes for each of a few texts that have none.
  const numbers = (first: number[]) => [0x80, 0x01, 0x04, 0x03, ...first, 0, 0, 0, 0, 0];
  const prefixes = numbers([0x80, 0x80, 0x80, 0x80, 0x01]);
  assert.throws(() => decode(3, 'DELTA_BYTE_ARRAY', [...prefixes, ...numbers([2])]), {
    name: 'ParquetError',
    message: 'a page is damaged',
  });
});

test('decodeDictionary: more values than bytes are damage', () => {
  const page = readPageHeader(
    Buffer.from([0x15, 4, 0x15, 8, 0x15, 8, 0x4c, 0x15, 200, 1, 0x15, 0, 0, 0]),
  );
  assert.deepEqual([page?.kind, page?.values, page?.headerBytes], ['dictionary', 100, 14]);
  const decoder = { column: COLUMN, write: String, dictionary: undefined };
  assert.throws(() => decodeDictionary(new Uint8Array(8), page as Page, decoder), {
    message: 'a page is shorter than its values',
  });
});

test('readPageHeader: a page that claims too much is refused before it is read', () => {
  const gigabytes = [0xfe, 0xff, 0xff, 0xff, 0x0f];
  const header = (unpacked: number[], values: number[]) =>
    Buffer.from([0x15, 0, 0x15, ...unpacked, 0x15, 8, 0x2c, 0x15, ...values, 0x15, 0, 0, 0]);
  assert.equal(readPageHeader(header([8], [4]))?.values, 2);
  assert.equal(readPageHeader(header([8], [4]).subarray(0, 8)), undefined);
  assert.throws(() => readPageHeader(header(gigabytes, [4])), {
    message:
      'a page of 2147483647 bytes, and at most 268435456 are read: write the file with smaller pages',
  });
  assert.throws(() => readPageHeader(header([8], gigabytes)), {
    message: /^a page of 2147483647 values, and at most 16777216 are read/,
  });
  assert.throws(() => readPageHeader(header([7], [4])), { message: 'a page has a size below 0' });
});
