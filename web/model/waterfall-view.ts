import type { WaterfallOrder } from './waterfall-order.ts';

/** The visible part of the waterfall: some of its rows, and a span of time. */
export interface WaterfallView {
  /** The first row to be seen, not always whole: panning is smooth. */
  readonly first: number;
  readonly count: number;
  /** In ms since the run's start. */
  readonly from: number;
  readonly to: number;
  /** Whether the time was chosen; otherwise it is what the rows take. */
  readonly timeChosen: boolean;
}

/** Fewer rows than that are not zoomed into. */
const FEWEST = 8;
/** In ms. */
const SHORTEST = 0.5;

export function wholeView(order: WaterfallOrder): WaterfallView {
  const count = Math.max(order.places.length, 1);
  return { first: 0, count, ...timeOf(order, 0, count), timeChosen: false };
}

/**
 * Shows `factor` times as many rows, where the one at `anchor` (0 is the top, 1 the bottom) stays. The
 * time is again what they take: the picture is a diagonal, and elsewhere there is nothing to be seen.
 */
export function zoomRows(
  order: WaterfallOrder,
  view: WaterfallView,
  factor: number,
  anchor: number,
): WaterfallView {
  const total = Math.max(order.places.length, 1);
  const count = clamp(view.count * factor, Math.min(FEWEST, total), total);
  const first = view.first + anchor * (view.count - count);
  return withRows(order, { ...view, timeChosen: false }, first, count);
}

/** Moves down by so many rows. */
export function panRows(order: WaterfallOrder, view: WaterfallView, rows: number): WaterfallView {
  return withRows(order, view, view.first + rows, view.count);
}

/** Moves as little as it takes to have row `at` in sight. */
export function reveal(order: WaterfallOrder, view: WaterfallView, at: number): WaterfallView {
  if (at < view.first) return panRows(order, view, at - view.first);
  const below = at + 1 - (view.first + view.count);
  return below > 0 ? panRows(order, view, below) : view;
}

/** Shows what happened between two times, and the rows that began then. */
export function chooseTime(
  order: WaterfallOrder,
  view: WaterfallView,
  from: number,
  to: number,
): WaterfallView {
  const middle = (from + to) / 2;
  const half = Math.max((to - from) / 2, SHORTEST / 2);
  const chosen = { ...view, from: middle - half, to: middle + half, timeChosen: true };
  const first = lowerBound(order.starts, chosen.from);
  const count = lowerBound(order.starts, chosen.to) - first;
  // When none began then, it is about rows in sight that were under way.
  if (count === 0) return chosen;
  const total = order.places.length;
  return withRows(order, chosen, first, clamp(count, Math.min(FEWEST, total), total));
}

/** Shows `factor` times as much time around its middle, with the same rows. */
export function zoomTime(view: WaterfallView, factor: number): WaterfallView {
  const middle = (view.from + view.to) / 2;
  const half = Math.max(((view.to - view.from) / 2) * factor, SHORTEST / 2);
  return { ...view, from: middle - half, to: middle + half, timeChosen: true };
}

/** Moves by a part of the visible time, with the same rows. */
export function panTime(view: WaterfallView, part: number): WaterfallView {
  const by = (view.to - view.from) * part;
  return { ...view, from: view.from + by, to: view.to + by, timeChosen: true };
}

/** Whether all rows are visible, for all of their time. */
export function isWhole(order: WaterfallOrder, view: WaterfallView): boolean {
  return !view.timeChosen && view.count >= order.places.length;
}

/** The view after rows have changed: all of them where all were visible, otherwise the same part. */
export function followRows(
  before: WaterfallOrder,
  view: WaterfallView,
  order: WaterfallOrder,
): WaterfallView {
  if (isWhole(before, view)) return wholeView(order);
  return view.timeChosen ? panRows(order, view, 0) : zoomRows(order, view, 1, 0);
}

function withRows(
  order: WaterfallOrder,
  view: WaterfallView,
  wanted: number,
  count: number,
): WaterfallView {
  const first = clamp(wanted, 0, Math.max(order.places.length - count, 0));
  if (view.timeChosen) return { ...view, first, count };
  return { first, count, ...timeOf(order, first, count), timeChosen: false };
}

/** From the first start to the last end, without the waits before. */
function timeOf(order: WaterfallOrder, first: number, count: number) {
  const start = Math.floor(first);
  const end = Math.min(Math.ceil(first + count), order.places.length);
  const from = order.starts[start] ?? 0;
  let to = from;
  for (let i = start; i < end; i++) to = Math.max(to, order.ends[i] ?? 0);
  const span = Math.max(to - from, SHORTEST);
  // Some room at the left shows that rows waited before.
  return { from: from - span * 0.02, to: from + span * 1.01 };
}

/** The first element that is not less than `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
