import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemOf, labelOf, type Row } from '../../src/model/item.ts';
import { reasonOf } from '../../src/model/reason.ts';

test('labelOf: the name asked for, else the URL', () => {
  assert.equal(labelOf({ index: 0, url: 'http://h/a', name: 'b' }), 'b');
  assert.equal(labelOf({ index: 0, url: 'http://h/a' }), 'http://h/a');
});

for (const [what, row, expected] of [
  ['a string', 'http://h/a', { index: 5, url: 'http://h/a' }],
  ['a URL', new URL('http://h/b?q#f'), { index: 5, url: 'http://h/b?q#f' }],
  ['a URL with more about it', { url: 'http://h/c' }, { index: 5, url: 'http://h/c' }],
  [
    'details beside a URL object',
    { url: new URL('http://h/d'), name: 'd.gif' },
    { index: 5, url: 'http://h/d', name: 'd.gif' },
  ],
  // Whether it can be downloaded is checked later, so that the row has an outcome.
  ['a malformed URL', 'no url', { index: 5, url: 'no url' }],
] as const) {
  test(`itemOf: makes an item of ${what}`, () => {
    assert.deepEqual(itemOf(row, 5), expected);
  });
}

const CHECKSUM = { algorithm: 'md5', hex: '0'.repeat(32) } as const;

/** Rows that TypeScript does not let through, and what is said of each. */
const WRONG: [row: unknown, problem: RegExp, url?: string][] = [
  [null, /^the row at index 5: null is neither a URL nor an object with a url$/],
  [undefined, /undefined is neither/],
  [7, /: 7 is neither/, '7'],
  [['http://h/a'], /an array is neither/],
  [() => 'http://h/a', /is neither/],
  [{}, /its url is undefined, not a URL/],
  [{ url: 7 }, /its url is 7/, '7'],
  [{ url: 'http://h/a', name: 5 }, /its name is 5, not a string/, 'http://h/a'],
  [{ url: 'http://h/a', headers: 'x' }, /its headers is "x", not an object of strings/],
  [{ url: 'http://h/a', headers: { a: 1 } }, /its headers is an object, not an object of strings/],
  [{ url: 'http://h/a', columns: ['a'] }, /its columns is an array/],
  [{ url: 'http://h/a', mirrors: 'http://h/b' }, /its mirrors is "http:\/\/h\/b", not an array/],
  [{ url: 'http://h/a', mirrors: [5] }, /its mirrors is an array/],
  [{ url: 'http://h/a', directory: 5 }, /its directory is 5/],
  [{ url: 'http://h/a', checksum: 'sha256:00' }, /its checksum is "sha256:00"/],
  [{ url: 'http://h/a', checksum: { ...CHECKSUM, hex: 'ff' } }, /its checksum is an object/],
  [{ url: 'http://h/a', checksum: { ...CHECKSUM, algorithm: 'crc32' } }, /its checksum/],
  [{ url: 'http://h/a', problem: 'x' }, /its problem is "x", not an Error/],
  [
    {
      get url() {
        throw new Error('the proxy is gone');
      },
    },
    /it cannot be read: the proxy is gone/,
  ],
];

test('itemOf: what is no row, or has a field of another type, has a problem of its own', () => {
  for (const [row, problem, url] of WRONG) {
    const item = itemOf(row as Row, 5);
    assert.match(item.problem?.message ?? '', problem);
    assert.equal(reasonOf(item.problem), 'bad-row');
    assert.equal(item.index, 5);
    if (url !== undefined) assert.equal(item.url, url);
  }
});

test('itemOf: a field that is null has no value, and a field that is right stays', () => {
  const row = { url: 'http://h/a', name: null, checksum: CHECKSUM, mirrors: ['http://h/b'] };
  const { name, ...item } = itemOf(row as unknown as Row, 1);
  const { name: _, ...rest } = row;
  assert.equal(name, undefined);
  assert.deepEqual(item, { ...rest, index: 1 });
});

test('itemOf: the place in the list is that of this list, not of an earlier one', () => {
  const item = { index: 9, url: 'http://h/a' };
  assert.deepEqual(itemOf(item, 0), { index: 0, url: 'http://h/a' });
});
