import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Knee } from '../../../src/schedule/limits/knee.ts';

test('Knee: the highest throughput, times the shortest time', () => {
  const knee = new Knee();
  knee.add({ inFlight: 10, throughput: 1 });
  knee.add({ inFlight: 40, throughput: 2 });
  assert.deepEqual([knee.throughput, knee.time, knee.inFlight], [2, 10, 20]);
});

test('Knee.addAtRest: tells anew how long a request takes', () => {
  const knee = new Knee();
  knee.add({ inFlight: 10, throughput: 1 });
  knee.addAtRest({ inFlight: 10, throughput: 0.5 });
  assert.equal(knee.time, 20);
});

test('Knee: forgets a measurement after twenty more', () => {
  const knee = new Knee();
  knee.add({ inFlight: 10, throughput: 9 });
  for (let i = 0; i < 20; i++) knee.add({ inFlight: 10, throughput: 1 });
  assert.equal(knee.throughput, 1);
});

test('Knee.isBeyond: true when fewer in flight were much faster', () => {
  const knee = new Knee();
  knee.add({ inFlight: 10, throughput: 1 });
  assert.equal(knee.isBeyond({ inFlight: 20, throughput: 0.9 }), false);
  assert.equal(knee.isBeyond({ inFlight: 20, throughput: 0.8 }), true);
  assert.equal(knee.isBeyond({ inFlight: 10, throughput: 0.5 }), false);
});

test('Knee.clear: forgets all measurements', () => {
  const knee = new Knee();
  knee.add({ inFlight: 10, throughput: 1 });
  knee.clear();
  assert.deepEqual([knee.throughput, knee.time], [0, Number.POSITIVE_INFINITY]);
});
