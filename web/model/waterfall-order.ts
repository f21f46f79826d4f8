import type { Rows } from './row-store.ts';

/** The rows of the waterfall, those with requests, in the order in which they began. */
export interface WaterfallOrder {
  /** Places in the columns. */
  readonly places: Uint32Array;
  /** When each began and ended, in ms since the run's start. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** The rows that are not in it, as nothing was sent for them. */
  readonly without: number;
}

export function waterfallOrder(rows: Rows, places: Uint32Array): WaterfallOrder {
  const sent = places.filter((place) => rows.start[place] != null);
  const startOf = (place: number) => rows.start[place] ?? 0;
  sent.sort((a, b) => startOf(a) - startOf(b) || a - b);
  const starts = Float64Array.from(sent, startOf);
  const ends = Float64Array.from(sent, (place) => startOf(place) + (rows.end[place] ?? 0));
  return { places: sent, starts, ends, without: places.length - sent.length };
}
