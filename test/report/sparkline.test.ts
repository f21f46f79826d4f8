import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkline } from '../../src/report/sparkline.ts';

test('sparkline: a character for each number, as high as it is of the highest', () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8]), '▁▂▃▄▅▆▇██');
  assert.equal(sparkline([1e9, 5e8, 1]), '█▅▁');
});

test('sparkline: flat where there is nothing', () => {
  assert.equal(sparkline([0, 0, 0]), '▁▁▁');
  assert.equal(sparkline([]), '');
});
