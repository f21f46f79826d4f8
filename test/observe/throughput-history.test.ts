import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThroughputHistory } from '../../src/observe/throughput-history.ts';

test('ThroughputHistory: how much came in each second, and not since the start', () => {
  const throughput = new ThroughputHistory(500);
  throughput.note(600, { rows: 3, bytes: 10 });
  assert.deepEqual(throughput.latest(9), []);
  throughput.note(1_500, { rows: 20, bytes: 100 });
  throughput.note(2_000, { rows: 25, bytes: 110 });
  throughput.note(2_500, { rows: 25, bytes: 110 });
  assert.deepEqual(throughput.latest(9), [
    { rows: 20, bytes: 100 },
    { rows: 5, bytes: 10 },
  ]);
});

test('ThroughputHistory: an interval that was noted late counts as long as it was', () => {
  const throughput = new ThroughputHistory(0);
  throughput.note(4_000, { rows: 20, bytes: 400 });
  assert.deepEqual(throughput.latest(1), [{ rows: 5, bytes: 100 }]);
});

test('ThroughputHistory: the latest ones, and no more than are kept', () => {
  const throughput = new ThroughputHistory(0);
  for (let i = 1; i <= 1_000; i++)
    throughput.note(i * 1_000, { rows: (i * (i + 1)) / 2, bytes: 0 });
  assert.deepEqual(
    throughput.latest(2).map(({ rows }) => rows),
    [999, 1_000],
  );
  assert.deepEqual(throughput.latest(0), []);
  assert.equal(throughput.latest(1_000).length, 200);
});
