import assert from 'node:assert/strict';
import { test } from 'node:test';
import { naturalOrder, type Ordered } from '../../src/concurrency/natural-order.ts';

const ascending: [Ordered, Ordered][] = [
  [1, 2],
  [Number.NEGATIVE_INFINITY, -1],
  [1n, 2n],
  [1, 2n],
  ['a', 'b'],
  ['', 'a'],
  [new Date(1), new Date(2)],
  [
    [1, 'b'],
    [2, 'a'],
  ],
  [
    [1, 'a'],
    [1, 'b'],
  ],
  [[1], [1, 'a']],
  [[], [0]],
  [
    [1, [2, 3]],
    [1, [2, 4]],
  ],
];
for (const [less, more] of ascending) {
  test(`naturalOrder: puts ${JSON.stringify([less, more], text)} in this order`, () => {
    assert.ok(naturalOrder(less, more) < 0);
    assert.ok(naturalOrder(more, less) > 0);
    assert.equal(naturalOrder(less, less), 0);
  });
}

test('naturalOrder: takes what is of the same value for equal', () => {
  assert.equal(naturalOrder(1, 1n), 0);
  assert.equal(naturalOrder(0, -0), 0);
  assert.equal(naturalOrder(new Date(5), new Date(5)), 0);
  assert.equal(naturalOrder(['a', [1]], ['a', [1]]), 0);
});

const unordered: [unknown, unknown][] = [
  [1, '1'],
  [new Date(1), 1],
  [Number.NaN, Number.NaN],
  [new Date(Number.NaN), new Date(1)],
  [{}, {}],
  [undefined, undefined],
  [[1], 1],
  [
    [1, {}],
    [1, {}],
  ],
];
test('naturalOrder: throws for what has no order', () => {
  for (const [a, b] of unordered) assert.throws(() => naturalOrder(a, b), TypeError);
  assert.throws(
    () => naturalOrder('a', 1),
    new TypeError("'a' and 1 have no order; give a compare function"),
  );
});

/** BigInts have no JSON of their own. */
function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
