import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WaterfallOrder } from '../../../web/model/waterfall-order.ts';
import {
  chooseTime,
  followRows,
  isWhole,
  panRows,
  panTime,
  reveal,
  type WaterfallView,
  wholeView,
  zoomRows,
  zoomTime,
} from '../../../web/model/waterfall-view.ts';
import { propertyRuns } from '../../support/property-runs.ts';

/** So many rows, one every 10 ms, each of 25 ms. */
function orderOf(count: number): WaterfallOrder {
  const starts = Float64Array.from({ length: count }, (_, i) => i * 10);
  return {
    places: Uint32Array.from({ length: count }, (_, i) => i),
    starts,
    ends: starts.map((start) => start + 25),
    without: 0,
  };
}

const ORDER = orderOf(1000);

test('wholeView: has all rows, and the time from the first to the last', () => {
  const view = wholeView(ORDER);
  assert.deepEqual([view.first, view.count], [0, 1000]);
  assert.ok(view.from < 0 && view.to > 10_015 && view.to < 10_200);
  assert.ok(isWhole(ORDER, view));
  assert.ok(isWhole(orderOf(0), wholeView(orderOf(0))));
});

test('zoomRows: keeps the row under the pointer, and shows the time of those in sight', () => {
  const view = zoomRows(ORDER, wholeView(ORDER), 0.1, 0.5);
  assert.deepEqual([view.first, view.count], [450, 100]);
  assert.ok(view.from > 4_400 && view.from <= 4_500);
  assert.ok(view.to >= 5_515 && view.to < 5_600);
  assert.ok(!isWhole(ORDER, view));
  assert.deepEqual(zoomRows(ORDER, view, 100, 0.5), wholeView(ORDER));
  assert.equal(zoomRows(ORDER, view, 1e-9, 0.5).count, 8);
});

test('panRows: stays within the rows', () => {
  const view = zoomRows(ORDER, wholeView(ORDER), 0.1, 0);
  assert.equal(panRows(ORDER, view, -50).first, 0);
  assert.equal(panRows(ORDER, view, 50).first, 50);
  assert.equal(panRows(ORDER, view, 5000).first, 900);
});

test('reveal: moves no more than it has to', () => {
  const view = panRows(ORDER, zoomRows(ORDER, wholeView(ORDER), 0.1, 0), 200);
  assert.equal(reveal(ORDER, view, 250), view);
  assert.equal(reveal(ORDER, view, 199).first, 199);
  assert.equal(reveal(ORDER, view, 300).first, 201);
});

test('chooseTime: shows the rows that began then', () => {
  const view = chooseTime(ORDER, wholeView(ORDER), 1_000, 2_000);
  assert.deepEqual([view.from, view.to, view.first, view.count], [1_000, 2_000, 100, 100]);
  // No row has begun: the rows stay.
  const closer = chooseTime(ORDER, view, 1_001, 1_009);
  assert.deepEqual([closer.from, closer.to, closer.first, closer.count], [1_001, 1_009, 100, 100]);
});

test('zoomTime, panTime: leave the rows', () => {
  const view = wholeView(ORDER);
  const span = view.to - view.from;
  const closer = zoomTime(view, 0.5);
  assert.equal(Math.round(closer.to - closer.from), Math.round(span / 2));
  assert.equal(closer.count, view.count);
  const later = panTime(closer, 0.5);
  assert.equal(Math.round(later.from), Math.round(closer.from + span / 4));
  assert.ok(!isWhole(ORDER, later));
  assert.ok(zoomTime(view, 1e-12).to > zoomTime(view, 1e-12).from);
});

test('followRows: keeps all in sight, and otherwise what is', () => {
  const [few, many] = [orderOf(10), orderOf(1000)];
  assert.deepEqual(followRows(few, wholeView(few), many), wholeView(many));
  assert.deepEqual(followRows(orderOf(0), wholeView(orderOf(0)), many), wholeView(many));
  const view = zoomRows(ORDER, wholeView(ORDER), 0.1, 0.5);
  assert.deepEqual(followRows(ORDER, view, orderOf(2000)), view);
  const chosen = chooseTime(ORDER, view, 4_600, 4_900);
  assert.deepEqual(followRows(ORDER, chosen, orderOf(2000)), chosen);
});

test('a view: is within the rows, and is of some time, whatever is done', () => {
  type Move = (order: WaterfallOrder, view: WaterfallView) => WaterfallView;
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const move: fc.Arbitrary<Move> = fc.oneof(
    fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), part).map(
      ([factor, anchor]): Move =>
        (order, view) =>
          zoomRows(order, view, factor, anchor),
    ),
    fc.integer({ min: -2000, max: 2000 }).map(
      (rows): Move =>
        (o, view) =>
          panRows(o, view, rows),
    ),
    fc.tuple(part, part).map(
      ([a, b]): Move =>
        (order, view) => {
          const span = view.to - view.from;
          const [from, to] = [view.from + Math.min(a, b) * span, view.from + Math.max(a, b) * span];
          return chooseTime(order, view, from, to);
        },
    ),
    fc.double({ min: 0.1, max: 10, noNaN: true }).map(
      (by): Move =>
        (_, view) =>
          zoomTime(view, by),
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.array(move, { maxLength: 12 }), (n, moves) => {
      const order = orderOf(n);
      const view = moves.reduce((now, next) => next(order, now), wholeView(order));
      assert.ok(view.first >= 0);
      assert.ok(view.count >= 1);
      assert.ok(view.first + view.count <= Math.max(n, 1) + 1e-6);
      assert.ok(view.to > view.from);
    }),
    propertyRuns(),
  );
});
