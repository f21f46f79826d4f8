import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ComparedStyle, comparePage, comparisonTable } from '../../src/report/comparison.ts';

const style = (name: string, more: Partial<ComparedStyle>): ComparedStyle => ({
  style: name,
  asked: 1,
  most: 1,
  elapsed: 60_000,
  cpu: 500,
  memory: { before: 50e6, peak: 60e6 },
  times: [],
  ...more,
});

const TASKS = style('tasks', {
  ...{ asked: 600, most: 600, elapsed: 200, cpu: 400 },
  memory: { before: 60e6, peak: 120e6 },
});

test('comparisonTable: times are held against one by one', () => {
  const table = comparisonTable({
    requests: 600,
    delay: 100,
    styles: [style('one-by-one', {}), TASKS],
  });
  assert.equal(
    table,
    `\
style       at once   time  speed-up    CPU    memory  for each that waits
one-by-one        1  1m 0s     1.0 x  0.5 s   60.0 MB                    -
tasks           600  0.2 s   300.0 x  0.4 s  120.0 MB             100.0 kB
`,
  );
});

test('comparisonTable: without one by one, against the delays alone', () => {
  const table = comparisonTable({ requests: 600, delay: 100, styles: [TASKS] });
  assert.match(table, / 300\.0 x /);
});

test('comparisonTable: says how far the machine went, and why no further', () => {
  const threads = style('threads', { asked: 10_000, most: 1_234, refusal: 'no memory left' });
  const table = comparisonTable({ requests: 10_000, delay: 100, styles: [threads] });
  assert.match(table, /^threads +1,234\* /m);
  assert.match(table, /^\* threads: of 10,000, the machine said no after 1,234: no memory left$/m);
});

test('comparisonTable: memory that was given back counts as 0', () => {
  const shrunk = { ...TASKS, memory: { before: 60e6, peak: 50e6 } };
  assert.match(comparisonTable({ requests: 600, delay: 1, styles: [shrunk] }), / 0 B$/m);
});

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
