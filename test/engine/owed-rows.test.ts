import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../src/concurrency/index.ts';
import { OwedRows } from '../../src/engine/owed-rows.ts';

test('OwedRows.room: waits at the most rows, until one has its outcome', async () => {
  const owed = new OwedRows(2);
  assert.equal(owed.room(), undefined);
  owed.add();
  assert.equal(owed.room(), undefined);
  owed.add();
  const order: string[] = [];
  await run(async () => {
    queueMicrotask(() => {
      order.push('settled');
      owed.settle();
    });
    await owed.room();
    order.push('room');
  });
  assert.deepEqual(order, ['settled', 'room']);
  assert.equal(owed.room(), undefined);
});

test('OwedRows.isNone: whether each row has its outcome', () => {
  const owed = new OwedRows(5);
  assert.ok(owed.isNone);
  owed.add();
  assert.ok(!owed.isNone);
  owed.settle();
  assert.ok(owed.isNone);
});
