import type { RowKey } from './row-key.ts';

/** A record as it is read ahead. */
export interface Ahead<R> {
  readonly id: number;
  readonly key: RowKey;
  readonly record: R;
}

/** Records read at a time, at first and at most. */
const FIRST = 64;
const MOST = 1000;

/** How far from the last one read a record may be and still count as one of the next. */
const REACH = 2 * MOST;

/** Records that nobody has asked for are kept up to this many: some rows were slow last time. */
const KEPT = 4 * MOST;

/** Lookups elsewhere, without one of the next in between, after which that is where to read on. */
const STRAYS = 16;

/** Lookups for which nothing is read ahead once that has proved of no use: the order is another. */
const PAUSE = 1000;

/**
 * Records that will probably be asked for next, since those before them were: a list is mostly in the
 * order of last time. Reading them in turn costs less than half of looking each up
 * (3.3 against 8.4 µs, on a busy machine).
 */
export class ReadAhead<R> {
  readonly #read: (after: number, limit: number) => Ahead<R>[];
  readonly #records = new Map<RowKey, R>();
  /** The id of the last one read. */
  #end = 0;
  #size = FIRST;
  /** Records that were asked for since the last piece was read. */
  #hits = FIRST;
  #strays = 0;
  #pause = 0;

  /** @param read gives so many records, those that follow the one with this id */
  constructor(read: (after: number, limit: number) => Ahead<R>[]) {
    this.#read = read;
  }

  /** The record, if it was read ahead. It is given once. */
  take(key: RowKey): R | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    this.#records.delete(key);
    this.#hits++;
    this.#strays = 0;
    return record;
  }

  /** The record with this id was not there and had to be looked up. */
  missed(id: number): void {
    if (this.#pause > 0) {
      this.#pause--;
      return;
    }
    const isNext = id > this.#end && id <= this.#end + REACH;
    if (!isNext && ++this.#strays < STRAYS) return;
    const wasOfUse = this.#hits >= this.#size / 2;
    if (!isNext) this.#end = id;
    this.#size = isNext && wasOfUse ? Math.min(this.#size * 2, MOST) : FIRST;
    if (this.#hits === 0) this.#pause = PAUSE;
    else this.#readOn();
    // The next piece has to earn it.
    this.#hits = this.#pause > 0 ? 1 : 0;
    this.#strays = 0;
  }

  #readOn(): void {
    for (const { id, key, record } of this.#read(this.#end, this.#size)) {
      this.#records.set(key, record);
      this.#end = id;
    }
    // A Map keeps the order in which its entries came: the oldest are the first.
    for (const key of this.#records.keys()) {
      if (this.#records.size <= KEPT) return;
      this.#records.delete(key);
    }
  }
}
