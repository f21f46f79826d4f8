import { useMemo, useRef, useState } from 'preact/hooks';
import type { WaterfallOrder } from '../model/waterfall-order.ts';
import { isWhole, type WaterfallView, wholeView, zoomRows } from '../model/waterfall-view.ts';

/**
 * What of the waterfall is to be seen. While all of it is, it stays so when rows come; other rows, of
 * another filter, are shown as a whole.
 */
export function useWaterfallView(order: WaterfallOrder, filterKey: unknown) {
  const [view, setView] = useState(() => wholeView(order));
  const last = useRef({ order, filterKey });
  const current = useMemo(() => {
    const before = last.current;
    last.current = { order, filterKey };
    if (before.filterKey !== filterKey || isWhole(before.order, view)) return wholeView(order);
    // The same number of rows: this only keeps within what there is.
    return before.order === order || view.timeChosen ? view : zoomRows(order, view, 1, 0);
  }, [order, filterKey, view]);
  // Two changes may come before it is drawn: the second is to the first's outcome.
  const latest = useRef(current);
  latest.current = current;
  const change = (next: (view: WaterfallView) => WaterfallView) => {
    latest.current = next(latest.current);
    setView(latest.current);
  };
  return [current, change] as const;
}
