import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_COUNTRIES } from '../../src/flags/country-codes.ts';
import { findFlag } from '../../src/server/flag-store.ts';

test('findFlag: a GIF, a name and an entity tag for each of the 194 countries', () => {
  const tags = new Set<string>();
  for (const code of ALL_COUNTRIES) {
    const flag = findFlag(code.toLowerCase()) ?? assert.fail(code);
    assert.equal(flag.code, code);
    assert.ok(flag.country.length > 0);
    assert.equal(flag.gif.subarray(0, 6).toString('latin1'), 'GIF89a', code);
    // The width, in the header of a GIF.
    assert.equal(flag.gif.readUInt16LE(6), 320, code);
    assert.match(flag.etag, /^"[\w-]+"$/);
    tags.add(flag.etag);
  }
  assert.ok(tags.size > 190);
  assert.equal(findFlag('br')?.country, 'Brazil');
});

test('findFlag: reads a flag once', () => {
  assert.equal(findFlag('br'), findFlag('br'));
});

test('findFlag: undefined for other codes, upper case and paths', () => {
  for (const code of ['zz', 'BR', '', '../flags/br', '__proto__']) {
    assert.equal(findFlag(code), undefined, code);
  }
});
