import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFlags } from '../../src/server/flag-store.ts';

test('loadFlags has a GIF, a name and a tag of its own for each of the 194 countries', () => {
  const flags = loadFlags();
  assert.equal(flags.size, 194);
  for (const [key, { code, country, gif, etag }] of flags) {
    assert.match(key, /^[a-z]{2}$/);
    assert.equal(code, key.toUpperCase());
    assert.ok(country.length > 0);
    assert.equal(gif.subarray(0, 6).toString('latin1'), 'GIF89a', key);
    // Width, in the header of a GIF.
    assert.equal(gif.readUInt16LE(6), 320, key);
    assert.match(etag, /^"[\w-]+"$/);
  }
  assert.equal(flags.get('br')?.country, 'Brazil');
  assert.ok(new Set([...flags.values()].map(({ etag }) => etag)).size > 190);
});
