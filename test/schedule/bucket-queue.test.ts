import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BucketQueue, Entry } from '../../src/schedule/bucket-queue.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Takes everything out, in its order. */
function emptied<T>(queue: BucketQueue<T>, entries: readonly Entry<T>[]): T[] {
  const order: T[] = [];
  for (let next = queue.first(); next !== undefined; next = queue.first()) {
    order.push(next);
    const entry = entries.find(({ of }) => of === next);
    assert.ok(entry);
    queue.remove(entry);
  }
  return order;
}

test('BucketQueue: an empty one has no first item', () => {
  assert.equal(new BucketQueue<string>().first(), undefined);
});

test('BucketQueue: the lowest level goes first, and within it the item that came first', () => {
  const queue = new BucketQueue<string>();
  const entries = ['a', 'b', 'c', 'd', 'e'].map((name) => new Entry(name));
  for (const [i, level] of [2, 0, 1, 0, 2].entries()) queue.put(entries[i] as Entry<string>, level);
  assert.equal(queue.first(), 'b');
  // Asking takes nothing out.
  assert.equal(queue.first(), 'b');
  assert.deepEqual(emptied(queue, entries), ['b', 'd', 'c', 'a', 'e']);
});

test('BucketQueue.put: an item that is in the queue goes to the end of its new bucket, or of the same', () => {
  const queue = new BucketQueue<string>();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new Entry(name)) as [
    Entry<string>,
    Entry<string>,
    Entry<string>,
  ];
  for (const entry of [a, b, c]) queue.put(entry, 1);
  queue.put(a, 1);
  assert.equal(queue.first(), 'b');
  queue.put(c, 0);
  assert.equal(queue.first(), 'c');
  queue.put(c, 3);
  assert.deepEqual(emptied(queue, [a, b, c]), ['b', 'a', 'c']);
});

test('BucketQueue.putFirst: an item goes before the others in its bucket, but not before lower levels', () => {
  const queue = new BucketQueue<string>();
  const entries = ['a', 'b', 'c', 'd'].map((name) => new Entry(name));
  const [a, b, c, d] = entries as [Entry<string>, Entry<string>, Entry<string>, Entry<string>];
  queue.putFirst(a, 1);
  queue.put(b, 1);
  queue.putFirst(c, 1);
  queue.put(d, 0);
  assert.equal(queue.first(), 'd');
  queue.putFirst(b, 1);
  assert.deepEqual(emptied(queue, entries), ['d', 'b', 'c', 'a']);
});

test('BucketQueue.put: below the level that was the lowest', () => {
  const queue = new BucketQueue<string>();
  const [high, low] = [new Entry('high'), new Entry('low')];
  queue.put(high, 5);
  assert.equal(queue.first(), 'high');
  queue.put(low, 2);
  assert.equal(queue.first(), 'low');
});

test('BucketQueue.remove: from anywhere in a bucket; does nothing for an entry in none', () => {
  const queue = new BucketQueue<number>();
  const entries = [0, 1, 2, 3, 4].map((n) => new Entry(n));
  for (const entry of entries) queue.put(entry, 0);
  for (const n of [2, 0, 4]) queue.remove(entries[n] as Entry<number>);
  queue.remove(entries[2] as Entry<number>);
  queue.remove(new Entry(9));
  assert.deepEqual(emptied(queue, entries), [1, 3]);
  assert.equal(queue.first(), undefined);
});

test('BucketQueue: equals a list sorted by level and order of arrival, after any operations', () => {
  const level = fc.option(fc.nat(5), { nil: undefined });
  const steps = fc.array(fc.tuple(fc.nat(7), level, fc.boolean()));
  fc.assert(
    fc.property(steps, (done) => {
      const queue = new BucketQueue<number>();
      const entries = Array.from({ length: 8 }, (_, n) => new Entry(n));
      const model: { readonly of: number; readonly level: number }[] = [];
      for (const [of, level, isFirst] of done) {
        const entry = entries[of] as Entry<number>;
        const at = model.findIndex((each) => each.of === of);
        if (at >= 0) model.splice(at, 1);
        if (level === undefined) {
          queue.remove(entry);
        } else if (isFirst) {
          queue.putFirst(entry, level);
          model.unshift({ of, level });
        } else {
          queue.put(entry, level);
          model.push({ of, level });
        }
        const lowest = Math.min(...model.map((each) => each.level));
        assert.equal(queue.first(), model.find((each) => each.level === lowest)?.of);
      }
      model.sort((a, b) => a.level - b.level);
      assert.deepEqual(
        emptied(queue, entries),
        model.map(({ of }) => of),
      );
    }),
    propertyRuns(),
  );
});
