import type { Item } from './item.ts';

/** A request whose answer has not come, or not to its end. */
export interface RequestInFlight {
  readonly item: Item;
  /** Where it goes: the item's own URL, or a mirror's. */
  readonly url: string;
  /** Which try of its row it is, from 1. */
  readonly attempt: number;
  /** As `performance.now()` has it. */
  readonly sentAt: number;
}
