import { useMemo } from 'preact/hooks';
import type { Rows } from '../model/row-store.ts';
import { waterfallOrder } from '../model/waterfall-order.ts';
import { WaterfallChart } from './waterfall-chart.tsx';

interface Props {
  readonly rows: Rows;
  /** The rows that the filter leaves. */
  readonly places: Uint32Array;
  /** Another one for each filter. */
  readonly filterKey: unknown;
  readonly theme: string;
  select(place: number): void;
}

/** The rows one below the other, along the time. */
export function Waterfall({ rows, places, filterKey, theme, select }: Props) {
  const order = useMemo(() => waterfallOrder(rows, places), [rows, places]);
  if (order.places.length === 0) {
    return (
      <p class="none">No request was sent for any of these files, so there is nothing to draw.</p>
    );
  }
  return (
    <WaterfallChart rows={rows} order={order} filterKey={filterKey} theme={theme} select={select} />
  );
}
