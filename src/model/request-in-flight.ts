import type { Item } from './item.ts';

/** A request whose response is not complete yet. */
export interface RequestInFlight {
  readonly item: Item;
  /** The item's own URL, or that of a mirror. */
  readonly url: string;
  /** The number of the try of its row, from 1. */
  readonly attempt: number;
  /** The time of `performance.now()`. */
  readonly sentAt: number;
}
