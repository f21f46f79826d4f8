import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, fittedName, padded, widthOf } from '../../src/report/fit.ts';

test('fitted: cuts by columns, not by characters', () => {
  assert.equal(fitted('日本語の名前', 20), '日本語の名前');
  assert.equal(fitted('日本語の名前', 6), '日本…');
  assert.equal(fitted('👩‍👩‍👧x', 3), '👩‍👩‍👧x');
  assert.equal(fitted('abc', 0), '');
});

test('fittedName: keeps the beginning and the end of a name', () => {
  assert.equal(fittedName('a-very-long-name-of-a-file.tar.gz', 15), 'a-very-lon…r.gz');
  for (const name of ['a-very-long-name.iso', '日本語のとても長い名前.txt']) {
    for (let columns = 0; columns <= 40; columns++) {
      assert.ok(widthOf(fittedName(name, columns)) <= columns, `${columns}`);
    }
  }
});

test('padded: to a width in columns', () => {
  assert.equal(padded('日本', 6), '日本  ');
});
