import type { KnownRow } from './known-row.ts';
import type { ListOrder } from './list-order.ts';

/** So many records in one place are passed over without a look-up when their rows left the list. */
const REACH = 16;

/** So many records found one after another elsewhere, and the cursor moves there. */
const STRAYS = 3;

/** Records in the first read, also after a move; each further read has twice as many, up to the last. */
const FIRST_READ = 16;
const LARGEST_READ = 512;

/**
 * Replays the records of earlier runs in the order of the last list. Most lists keep their order, so
 * the record of the next row is usually the next one here, and needs no look-up.
 */
export class ReplayCursor {
  readonly #order: Pick<ListOrder, 'next' | 'seek'>;
  /** The records that have been read, and how many of them have been passed. */
  #records: readonly KnownRow[] = [];
  #passed = 0;
  #isExhausted = false;
  #readSize = FIRST_READ;
  /** Consecutive records that were found elsewhere, and the last of them. */
  #strays = 0;
  #lastStray = 0;

  constructor(order: Pick<ListOrder, 'next' | 'seek'>) {
    this.#order = order;
  }

  /** Whether all stored records have been passed. */
  get isAtEnd(): boolean {
    return this.#isExhausted && this.#passed === this.#records.length;
  }

  /**
   * Takes the record of the row with this URL and name, if it is one of the next. Those before it are
   * passed: their rows seem to have left the list.
   * @param accepts whether this record is the one to take
   */
  take(
    url: string,
    name: string | null,
    accepts: (row: KnownRow) => boolean,
  ): KnownRow | undefined {
    for (let ahead = 0; ahead < REACH; ahead++) {
      const row = this.#peek(ahead);
      if (row === undefined) return undefined;
      if (row.url !== url || row.name !== name || !accepts(row)) continue;
      this.#passed += ahead + 1;
      return row;
    }
    return undefined;
  }

  /** The record of the list's next row was found by a look-up; after some in a row the cursor moves there. */
  foundElsewhere(id: number): void {
    this.#strays = id === this.#lastStray + 1 ? this.#strays + 1 : 1;
    this.#lastStray = id;
    if (this.#strays < STRAYS) return;
    this.#strays = 0;
    const at = this.#records.findIndex((row) => row.id === id);
    if (at >= this.#passed) {
      this.#passed = at + 1;
      return;
    }
    this.#order.seek(id);
    this.#records = [];
    this.#passed = 0;
    this.#isExhausted = false;
    this.#readSize = FIRST_READ;
  }

  #peek(ahead: number): KnownRow | undefined {
    while (this.#passed + ahead >= this.#records.length) {
      if (this.#isExhausted) return undefined;
      this.#read();
    }
    return this.#records[this.#passed + ahead];
  }

  #read(): void {
    const more = this.#order.next(this.#readSize);
    this.#isExhausted = more.length === 0;
    this.#records = [...this.#records.slice(this.#passed), ...more];
    this.#passed = 0;
    this.#readSize = Math.min(this.#readSize * 2, LARGEST_READ);
  }
}
