import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifoQueue } from '../../src/concurrency/index.ts';

test('LifoQueue: gives the item put last first', async () => {
  const queue = new LifoQueue<number>();
  for (const item of [1, 3, 2]) await queue.put(item);
  assert.deepEqual([await queue.get(), await queue.get(), queue.tryGet()], [2, 3, 1]);
});

test('LifoQueue: the put() that has waited longest goes first when there is room', async () => {
  const queue = new LifoQueue<number>({ maxSize: 1 });
  queue.tryPut(1);
  const putting = [queue.put(2), queue.put(3)];
  assert.deepEqual([queue.tryGet(), queue.tryGet(), queue.tryGet()], [1, 2, 3]);
  await Promise.all(putting);
});

test('LifoQueue: takes back an item that a cancelled getter was handed, as the next one', () => {
  const queue = new (class extends LifoQueue<number> {
    override giveBack(item: number): void {
      super.giveBack(item);
    }
  })();
  queue.tryPut(1);
  queue.giveBack(2);
  assert.deepEqual([queue.tryGet(), queue.tryGet()], [2, 1]);
});

test('LifoQueue: reads well', () => {
  assert.equal(String(new LifoQueue({ maxSize: 2 })), '<LifoQueue size=0 maxSize=2>');
});
