import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineAt, waterfallLines } from '../../../web/model/waterfall-lines.ts';
import type { WaterfallOrder } from '../../../web/model/waterfall-order.ts';
import { panRows, wholeView, zoomRows } from '../../../web/model/waterfall-view.ts';
import { propertyRuns } from '../../support/property-runs.ts';

/** Rows that took so long, one every 10 ms. */
function orderOf(durations: readonly number[]): WaterfallOrder {
  const starts = Float64Array.from(durations, (_, i) => i * 10);
  return {
    places: Uint32Array.from(durations, (_, i) => i),
    starts,
    ends: starts.map((start, i) => start + (durations[i] ?? 0)),
    without: 0,
  };
}

const never = () => false;

test('waterfallLines: draws each row where there is room for it', () => {
  const order = orderOf([5, 5, 5]);
  const { lines, pitch, rowsPerLine } = waterfallLines(order, wholeView(order), 90, never);
  assert.equal(rowsPerLine, 1);
  assert.equal(pitch, 22);
  assert.deepEqual(
    lines.map(({ at, y }) => [at, y]),
    [
      [0, 0],
      [1, 22],
      [2, 44],
    ],
  );
});

test('waterfallLines: shows the longest of those a line stands for, and one that failed before it', () => {
  const order = orderOf([5, 9, 7, 6, 1, 2, 3, 4]);
  const draw = (isNotDone: (place: number) => boolean) =>
    waterfallLines(order, wholeView(order), 8, isNotDone);
  assert.equal(draw(never).rowsPerLine, 4);
  assert.deepEqual(
    draw(never).lines.map(({ at, rows }) => [at, rows]),
    [
      [1, 4],
      [7, 4],
    ],
  );
  const failed = draw((place) => place === 2 || place === 3);
  assert.deepEqual(
    failed.lines.map(({ at, notDone }) => [at, notDone]),
    [
      [2, 2],
      [7, 0],
    ],
  );
  assert.deepEqual(
    failed.lines.map(({ from, to }) => [from, to]),
    [
      [0, 36],
      [40, 74],
    ],
  );
});

test('waterfallLines: has the same groups wherever one looks from', () => {
  const order = orderOf(Array.from({ length: 1000 }, (_, i) => i % 17));
  const view = zoomRows(order, wholeView(order), 0.5, 0);
  const firsts = (by: number) =>
    waterfallLines(order, panRows(order, view, by), 100, never).lines.map(({ first }) => first);
  assert.deepEqual(firsts(7).slice(0, 10), firsts(0).slice(0, 10));
});

test('waterfallLines: every row in sight is behind exactly one line, and no failure is hidden', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.boolean()), {
    minLength: 1,
    maxLength: 400,
  });
  const zoom = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(rows, zoom, zoom, fc.integer({ min: 10, max: 600 }), (all, by, anchor, height) => {
      const order = orderOf(all.map(([duration]) => duration));
      const isNotDone = (place: number) => all[place]?.[1] ?? false;
      const view = zoomRows(order, wholeView(order), by, anchor);
      const { lines, rowsPerLine, pitch } = waterfallLines(order, view, height, isNotDone);
      const behind = lines.flatMap(({ first, rows }) =>
        Array.from({ length: rows }, (_, i) => first + i),
      );
      assert.deepEqual(new Set(behind).size, behind.length);
      for (let i = Math.ceil(view.first); i < Math.floor(view.first + view.count); i++) {
        assert.ok(behind.includes(i), `row ${i}`);
      }
      for (const line of lines) {
        assert.ok(line.at >= line.first && line.at < line.first + line.rows);
        assert.ok(line.rows <= rowsPerLine);
        assert.equal(isNotDone(line.at), line.notDone > 0);
        assert.equal(lineAt({ lines, pitch, rowsPerLine }, line.y + pitch / 2), line);
      }
    }),
    propertyRuns(),
  );
});

test('lineAt: finds no line beside the lines', () => {
  const order = orderOf([5, 5]);
  const drawn = waterfallLines(order, wholeView(order), 90, never);
  assert.equal(lineAt(drawn, 70), undefined);
  assert.equal(lineAt(drawn, -1), undefined);
  assert.equal(lineAt({ lines: [], pitch: 22, rowsPerLine: 1 }, 5), undefined);
});
