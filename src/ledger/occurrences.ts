import type { Item } from '../model/item.ts';
import { KeyFilter } from './key-filter.ts';
import { type RowKey, rowKey } from './row-key.ts';

/**
 * Tells the rows of a list apart that have the same URL and name: the first of them, the second, and
 * so on. What it would have to remember of 20 million rows is in the ledger already, so it asks: a row
 * that this run has recorded bears the run's number. Only those under way are held in memory, and a
 * filter that spares asking for rows that are certainly new.
 */
export class Occurrences {
  /** Taken up and not in the ledger yet. */
  readonly #underWay = new Set<RowKey>();
  /** The first occurrences of all. */
  readonly #seen = new KeyFilter();
  readonly #isRecorded: (key: RowKey) => boolean;

  /** @param isRecorded whether the ledger has a record of this run for the key */
  constructor(isRecorded: (key: RowKey) => boolean) {
    this.#isRecorded = isRecorded;
  }

  /** The key of the first occurrence of `item` that has not been in this run yet. It is taken then. */
  take(item: Pick<Item, 'url' | 'name'>): RowKey {
    const first = rowKey(item, 1);
    const isNew = !this.#seen.add(first) || !this.#isTaken(first);
    const key = isNew ? first : this.#next(item);
    this.#underWay.add(key);
    return key;
  }

  /** The row with this key is taken, whatever its occurrence. */
  add(key: RowKey): void {
    this.#seen.add(key);
    this.#underWay.add(key);
  }

  /** The ledger knows it now. */
  recorded(key: RowKey): void {
    this.#underWay.delete(key);
  }

  /** Occurrences are taken in order, without gaps: the end of them is found by halving. */
  #next(item: Pick<Item, 'url' | 'name'>): RowKey {
    let taken = 1;
    let free = 2;
    while (this.#isTaken(rowKey(item, free))) {
      taken = free;
      free *= 2;
    }
    while (free - taken > 1) {
      const middle = Math.floor((taken + free) / 2);
      if (this.#isTaken(rowKey(item, middle))) taken = middle;
      else free = middle;
    }
    return rowKey(item, free);
  }

  #isTaken(key: RowKey): boolean {
    return this.#underWay.has(key) || this.#isRecorded(key);
  }
}
