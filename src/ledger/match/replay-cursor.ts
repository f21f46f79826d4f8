import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { KNOWN_COLUMNS, type KnownRow, knownRow } from './previous-records.ts';

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
   * Takes the record of the row with this key, or this URL and name, if it is one of the next. Those before it are
   * passed: their rows seem to have left the list.
   * @param accepts whether this record is the one to take
   */
  take(
    url: string,
    name: string | null,
    accepts: (row: KnownRow) => boolean,
    key: string | null = null,
  ): KnownRow | undefined {
    for (let ahead = 0; ahead < REACH; ahead++) {
      const row = this.#peek(ahead);
      if (row === undefined) return undefined;
      if (row.key !== key) continue;
      if (key === null && (row.url !== url || row.name !== name)) continue;
      if (!accepts(row)) continue;
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

/** Only records of runs before `run`, with ids below `firstNew`, are read. */
export interface ListOrderOptions {
  readonly run: number;
  readonly firstNew: number;
}

/** Places held at a time. After a run over a list in another order each row has a place of its own. */
const PLACES = 100_000;

/** Consecutive ids whose rows were consecutive in a list. */
interface IdRange {
  next: number;
  readonly last: number;
}

/**
 * Reads the records of earlier runs in the order in which the next run will probably need them: that of
 * the last list, then the rows that only the list before had, and so on. A row that this run meets
 * before it was read is left out, so the number of records read is at most the number there is.
 */
export class ListOrder {
  readonly #run: number;
  readonly #records: StatementSync;
  readonly #placeOf: StatementSync;
  readonly #places: StatementSync;
  /** The last range is the next, so that it can be taken off without moving the others. */
  #ranges: IdRange[] = [];
  /** Where the last row of the places that were read stood, and in which run's list: others follow it. */
  #after = { run: Number.MAX_SAFE_INTEGER, idx: -1 };

  constructor(database: DatabaseSync, { run, firstNew }: ListOrderOptions) {
    this.#run = run;
    this.#records = database.prepare(
      `SELECT ${KNOWN_COLUMNS} FROM records WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?`,
    );
    // Objects with the columns' names take twice as long.
    this.#records.setReturnArrays(true);
    // A place ends where the next begins, which is looked up only for the places that are read.
    const withLast = (places: string) =>
      `SELECT *, coalesce((SELECT min(first) FROM places WHERE first BETWEEN p.first + 1 AND ${firstNew}),
        ${firstNew}) - 1 AS last FROM (${places}) AS p`;
    this.#places = database.prepare(
      withLast(`SELECT * FROM places
        WHERE first < ${firstNew} AND run < ${run} AND (run < :run OR (run = :run AND idx > :idx))
        ORDER BY run DESC, idx LIMIT ${PLACES}`),
    );
    this.#placeOf = database.prepare(
      withLast('SELECT * FROM places WHERE first <= ? ORDER BY first DESC LIMIT 1'),
    );
  }

  /** @returns the next records, at most `limit`; an empty array when there are no more */
  next(limit: number): KnownRow[] {
    const rows: KnownRow[] = [];
    while (rows.length < limit) {
      const range = this.#ranges.at(-1) ?? this.#readPlaces();
      if (range === undefined) break;
      const missing = limit - rows.length;
      const { next, last } = range;
      // Arrays, because of setReturnArrays().
      const found = this.#records.all(next, last, missing) as unknown as SQLOutputValue[][];
      for (const values of found) rows.push(knownRow(values));
      if (found.length === missing) range.next = (rows.at(-1)?.id ?? 0) + 1;
      if (found.length < missing || range.next > last) this.#ranges.pop();
    }
    return rows;
  }

  /** Goes on with the row that followed this one in its last list. */
  seek(id: number): void {
    const place = this.#placeOf.get(id + 1);
    // A row that this run has met already is not the next one.
    if (place === undefined || Number(place.run) >= this.#run) return;
    this.#after = endOf(place);
    this.#ranges = [{ next: id + 1, last: Number(place.last) }];
  }

  /** @returns the first of the ranges read */
  #readPlaces(): IdRange | undefined {
    const places = this.#places.all({ ...this.#after });
    const last = places.at(-1);
    if (last !== undefined) this.#after = endOf(last);
    this.#ranges = places
      .map(({ first, last }) => ({ next: Number(first), last: Number(last) }))
      .reverse();
    return this.#ranges.at(-1);
  }
}

/** Where the last row of a place stood, and in which run's list. */
function endOf(place: Record<string, SQLOutputValue>): { run: number; idx: number } {
  const idx = Number(place.idx) + Number(place.last) - Number(place.first);
  return { run: Number(place.run), idx };
}
