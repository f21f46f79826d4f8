import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable } from '../../../bench/report/table.ts';

test('renderTable: aligns names left and figures right', () => {
  const table = renderTable(
    ['', 'wall'],
    [
      ['flaghoist', '0.6 s'],
      ['curl', '12.5 s'],
    ],
  );
  assert.equal(
    table,
    [
      '|           |   wall |',
      '| --------- | -----: |',
      '| flaghoist |  0.6 s |',
      '| curl      | 12.5 s |',
      '',
    ].join('\n'),
  );
});

test('renderTable: leaves a missing cell empty', () => {
  assert.match(renderTable(['a', 'b'], [['x']]), /\| x {3}\| {5}\|\n$/);
});
