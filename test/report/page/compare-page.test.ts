import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePage } from '../../../src/report/page/compare-page.ts';

test('comparePage: has what was measured, and why less than asked for', () => {
  const style = {
    style: 'threads',
    ...{ asked: 100, most: 2, elapsed: 10, cpu: 5, refusal: 'no memory left' },
    memory: { before: 1, peak: 2 },
    times: [{ began: 0, answered: 4, saved: 5 }],
  };
  const comparison = { requests: 1, delay: 3, styles: [style] };
  assert.deepEqual(comparePage(comparison), { kind: 'compare', ...comparison });
});
