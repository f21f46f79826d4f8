import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ALL_COUNTRIES, MOST_POPULOUS } from '../../src/flags/country-codes.ts';

test('ALL_COUNTRIES: the 194 countries with flags, AD to ZW, sorted', async () => {
  const countries = new URL('../../assets/flags/countries.json', import.meta.url);
  const known = Object.keys(JSON.parse(await readFile(countries, 'utf8')));
  assert.deepEqual(ALL_COUNTRIES, known.sort());
  assert.equal(ALL_COUNTRIES.length, 194);
  assert.deepEqual([ALL_COUNTRIES.at(0), ALL_COUNTRIES.at(-1)], ['AD', 'ZW']);
});

test('MOST_POPULOUS: 20 different countries, by population', () => {
  assert.equal(new Set(MOST_POPULOUS).size, 20);
  assert.deepEqual(MOST_POPULOUS.slice(0, 3), ['CN', 'IN', 'US']);
  for (const code of MOST_POPULOUS) assert.ok(ALL_COUNTRIES.includes(code), code);
});
