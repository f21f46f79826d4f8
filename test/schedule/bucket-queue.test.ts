import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BucketQueue, Entry } from '../../src/schedule/bucket-queue.ts';

/** Takes everything out, in its order. */
function emptied<T>(levels: BucketQueue<T>, places: readonly Entry<T>[]): T[] {
  const order: T[] = [];
  for (let next = levels.first(); next !== undefined; next = levels.first()) {
    order.push(next);
    const place = places.find(({ of }) => of === next);
    assert.ok(place);
    levels.remove(place);
  }
  return order;
}

test('BucketQueue: nothing is first of nothing', () => {
  assert.equal(new BucketQueue<string>().first(), undefined);
});

test('BucketQueue: the lowest level goes first, and within it who came first', () => {
  const levels = new BucketQueue<string>();
  const places = ['a', 'b', 'c', 'd', 'e'].map((name) => new Entry(name));
  for (const [i, level] of [2, 0, 1, 0, 2].entries()) levels.put(places[i] as Entry<string>, level);
  assert.equal(levels.first(), 'b');
  // Asking takes nothing out.
  assert.equal(levels.first(), 'b');
  assert.deepEqual(emptied(levels, places), ['b', 'd', 'c', 'a', 'e']);
});

test('put: what is in already goes to the end of its new line, or of the same', () => {
  const levels = new BucketQueue<string>();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new Entry(name)) as [
    Entry<string>,
    Entry<string>,
    Entry<string>,
  ];
  for (const place of [a, b, c]) levels.put(place, 1);
  levels.put(a, 1);
  assert.equal(levels.first(), 'b');
  levels.put(c, 0);
  assert.equal(levels.first(), 'c');
  levels.put(c, 3);
  assert.deepEqual(emptied(levels, [a, b, c]), ['b', 'a', 'c']);
});

test('put: below everything that has been looked at', () => {
  const levels = new BucketQueue<string>();
  const [high, low] = [new Entry('high'), new Entry('low')];
  levels.put(high, 5);
  assert.equal(levels.first(), 'high');
  levels.put(low, 2);
  assert.equal(levels.first(), 'low');
});

test('remove: from anywhere in a line, and what is not in is none the worse', () => {
  const levels = new BucketQueue<number>();
  const places = [0, 1, 2, 3, 4].map((n) => new Entry(n));
  for (const place of places) levels.put(place, 0);
  for (const n of [2, 0, 4]) levels.remove(places[n] as Entry<number>);
  levels.remove(places[2] as Entry<number>);
  levels.remove(new Entry(9));
  assert.deepEqual(emptied(levels, places), [1, 3]);
  assert.equal(levels.first(), undefined);
});

test('BucketQueue: is a list sorted by level and by turn, whatever is done', () => {
  const steps = fc.array(fc.tuple(fc.nat(7), fc.option(fc.nat(5), { nil: undefined })));
  fc.assert(
    fc.property(steps, (done) => {
      const levels = new BucketQueue<number>();
      const places = Array.from({ length: 8 }, (_, n) => new Entry(n));
      const model: { readonly of: number; readonly level: number }[] = [];
      for (const [of, level] of done) {
        const place = places[of] as Entry<number>;
        const at = model.findIndex((each) => each.of === of);
        if (at >= 0) model.splice(at, 1);
        if (level === undefined) {
          levels.remove(place);
        } else {
          levels.put(place, level);
          model.push({ of, level });
        }
        const lowest = Math.min(...model.map((each) => each.level));
        assert.equal(levels.first(), model.find((each) => each.level === lowest)?.of);
      }
      model.sort((a, b) => a.level - b.level);
      assert.deepEqual(
        emptied(levels, places),
        model.map(({ of }) => of),
      );
    }),
  );
});
