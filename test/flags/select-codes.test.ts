import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { selectCodes } from '../../src/flags/select-codes.ts';
import { propertyRuns } from '../support/property-runs.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

test('selectCodes: the 20 most populous countries, sorted, when nothing is selected', () => {
  assert.equal(
    selectCodes({ codes: [] }).join(' '),
    'BD BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN',
  );
});

test('selectCodes: codes in any case, sorted, each once', () => {
  assert.deepEqual(selectCodes({ codes: ['in', 'BR', 'Bd', 'br'] }), ['BD', 'BR', 'IN']);
});

for (const letter of ['B', 'b']) {
  test(`selectCodes: ${letter} is BA to BZ`, () => {
    assert.deepEqual(
      selectCodes({ codes: [letter] }),
      LETTERS.map((second) => `B${second}`),
    );
  });
}

test('selectCodes: letters and codes overlap', () => {
  const codes = selectCodes({ codes: ['br', 'B', 'CN', 'b'] });
  assert.equal(codes.length, 27);
  assert.equal(codes.at(-1), 'CN');
});

test('selectCodes: --all is 194 countries', () => {
  const codes = selectCodes({ codes: [], all: true });
  assert.deepEqual([codes.length, codes.at(0), codes.at(-1)], [194, 'AD', 'ZW']);
});

test('selectCodes: the first 100 of all end at LK', () => {
  const codes = selectCodes({ codes: [], all: true, limit: 100 });
  assert.deepEqual([codes.length, codes.at(0), codes.at(-1)], [100, 'AD', 'LK']);
});

test('selectCodes: --every is 676 codes', () => {
  const codes = selectCodes({ codes: [], every: true });
  assert.deepEqual([codes.length, new Set(codes).size], [676, 676]);
  assert.deepEqual([codes.at(0), codes.at(1), codes.at(-1)], ['AA', 'AB', 'ZZ']);
});

test('selectCodes: --every overrides --all, which overrides codes', () => {
  assert.equal(selectCodes({ codes: ['BR'], all: true }).length, 194);
  assert.equal(selectCodes({ codes: ['BR'], all: true, every: true }).length, 676);
});

test('selectCodes: the limit is applied after sorting', () => {
  assert.deepEqual(selectCodes({ codes: ['ZW', 'BR', 'AD', 'br'], limit: 2 }), ['AD', 'BR']);
  assert.deepEqual(selectCodes({ codes: [], limit: 3 }), ['BD', 'BR', 'CD']);
});

test('selectCodes: a limit larger than the selection', () => {
  assert.deepEqual(selectCodes({ codes: ['BR'], limit: 99 }), ['BR']);
});

// ß is SS in upper case, ﬀ is FF and ı is I.
for (const wrong of ['', 'BRA', '1', 'B1', 'É', '*', 'B ', ' B', 'B\n', 'ß', 'ﬀ', 'ı', '🇧🇷']) {
  test(`selectCodes: refuses ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => selectCodes({ codes: ['BR', wrong] }), {
      name: 'RangeError',
      message: 'each CC argument must be A to Z or AA to ZZ.',
    });
  });
}

test('selectCodes: any selection is sorted, without duplicates, of two letters each', () => {
  const codes = fc.array(fc.stringMatching(/^[A-Za-z]{1,2}$/), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(codes, fc.integer({ min: 1, max: 60 }), (codes, limit) => {
      const selected = selectCodes({ codes, limit });
      assert.deepEqual(selected, [...new Set(selected)].sort());
      assert.ok(selected.length >= 1 && selected.length <= limit);
      for (const code of selected) assert.match(code, /^[A-Z]{2}$/);
    }),
    propertyRuns(),
  );
});
