import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../../../web/model/durations.ts';

test('formatDuration: has two or three digits', () => {
  const times = [0, 0.44, 9.94, 9.96, 12, 999.4, 999.6, 1_240, 9_994, 9_996, 83_400].map(
    formatDuration,
  );
  assert.deepEqual(times, [
    ...['0 ms', '0.4 ms', '9.9 ms', '10 ms', '12 ms', '999 ms', '1.00 s', '1.24 s'],
    ...['9.99 s', '10.0 s', '1m 23s'],
  ]);
});
