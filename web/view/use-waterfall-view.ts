import { useRef, useState } from 'preact/hooks';
import type { WaterfallOrder } from '../model/waterfall-order.ts';
import { followRows, type WaterfallView, wholeView } from '../model/waterfall-view.ts';

/**
 * What of the waterfall is to be seen. While all of it is, it stays so when rows come; the rows of
 * another filter are shown as a whole.
 */
export function useWaterfallView(order: WaterfallOrder, filterKey: unknown) {
  const [, drawAgain] = useState(0);
  const latest = useRef<{ order: WaterfallOrder; filterKey: unknown; view: WaterfallView }>(
    undefined,
  );
  const before = latest.current;
  if (before === undefined || before.filterKey !== filterKey) {
    latest.current = { order, filterKey, view: wholeView(order) };
  } else if (before.order !== order) {
    latest.current = { order, filterKey, view: followRows(before.order, before.view, order) };
  }
  const view = latest.current?.view ?? wholeView(order);
  // Two changes may come before it is drawn: the second is to the first's outcome.
  const change = (next: (view: WaterfallView) => WaterfallView) => {
    latest.current = { order, filterKey, view: next(latest.current?.view ?? view) };
    drawAgain((times) => times + 1);
  };
  return [view, change] as const;
}
