import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pulse } from '../../src/observe/pulse.ts';

test('Pulse: how much came in each second, and not since the start', () => {
  const pulse = new Pulse(500);
  pulse.note(600, { rows: 3, bytes: 10 });
  assert.deepEqual(pulse.latest(9), []);
  pulse.note(1_500, { rows: 20, bytes: 100 });
  pulse.note(2_000, { rows: 25, bytes: 110 });
  pulse.note(2_500, { rows: 25, bytes: 110 });
  assert.deepEqual(pulse.latest(9), [
    { rows: 20, bytes: 100 },
    { rows: 5, bytes: 10 },
  ]);
});

test('Pulse: an interval that was longer, as nobody looked, counts as long as it was', () => {
  const pulse = new Pulse(0);
  pulse.note(4_000, { rows: 20, bytes: 400 });
  assert.deepEqual(pulse.latest(1), [{ rows: 5, bytes: 100 }]);
});

test('Pulse: the latest ones, and no more than are kept', () => {
  const pulse = new Pulse(0);
  for (let i = 1; i <= 1_000; i++) pulse.note(i * 1_000, { rows: (i * (i + 1)) / 2, bytes: 0 });
  assert.deepEqual(
    pulse.latest(2).map(({ rows }) => rows),
    [999, 1_000],
  );
  assert.deepEqual(pulse.latest(0), []);
  assert.equal(pulse.latest(1_000).length, 200);
});
