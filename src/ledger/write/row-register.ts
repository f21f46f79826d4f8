import { BloomFilter } from '../match/bloom-filter.ts';
import {
  type HashedIdentity,
  hashedIdentity,
  type KnownRow,
  type PreviousRecords,
} from '../match/previous-records.ts';
import type { ReplayCursor } from '../match/replay-cursor.ts';

/** A row that the run has taken up, and the record for its outcome. */
export interface TakenRow {
  /** The id of the record. */
  readonly id: number;
  readonly hash: number;
  readonly occurrence: number;
  /** The record of earlier runs; undefined for a new row. */
  readonly known?: KnownRow | undefined;
  /** The mark of a new row until the ledger has its record. */
  readonly mark?: Mark | undefined;
}

/** The hash of a row; or its identity, where two rows have the same hash. */
export type Mark = number | string;

/** Repeated rows whose occurrences are remembered; those of others are searched again. */
const REPEATS = 1000;

type Lookup = Pick<PreviousRecords, 'find' | 'byId' | 'countBelow'>;

/**
 * Finds the record of each row of the list, and numbers new rows. Equal rows are told apart by their
 * order: the first of them, the second, and so on.
 *
 * For 20 million rows it keeps little: a bit for each record of earlier runs, a filter for the rows of
 * this run, and the new rows that are not in the ledger yet. Where the filter says that a row may have
 * occurred before, the ledger is queried.
 */
export class RowRegister {
  readonly #records: Lookup;
  readonly #cursor: ReplayCursor;
  /** The id of the first row that is new in this run. */
  readonly #firstNew: number;
  #nextId: number;
  /** The records of earlier runs whose rows are in this list. */
  readonly #taken: IdSet;
  /** The number of records of earlier runs; counted when it is first needed. */
  #known: number | undefined;
  /** All rows of this run. */
  readonly #seen = new BloomFilter();
  /** Of some rows that were there several times: how many are taken at least. */
  readonly #repeats = new Map<string, number>();
  /** The identities of the new rows that are not in the ledger yet. */
  readonly #underWay = new Map<Mark, string>();

  constructor(records: Lookup, cursor: ReplayCursor, firstNew: number) {
    this.#records = records;
    this.#cursor = cursor;
    this.#firstNew = firstNew;
    this.#nextId = firstNew;
    this.#taken = new IdSet(firstNew);
  }

  /**
   * Takes up the next row of the list.
   * @param id the id of the record, when the row comes from the ledger
   * @param key what identifies the row in place of its URL and name
   */
  take(url: string, name: string | null, id?: number, key: string | null = null): TakenRow {
    const known =
      id === undefined
        ? this.#cursor.take(url, name, (row) => this.#isNext(row), key)
        : this.#byId(url, name, id, key);
    return known === undefined ? this.#find(url, name, key) : this.#takeKnown(known);
  }

  /** Whether this run has taken up so many rows of this URL and name. */
  isTaken(url: string, name: string | null, occurrence: number): boolean {
    return this.#isTaken(hashedIdentity(url, name, occurrence));
  }

  /** Notes that these new rows are in the ledger now. */
  written(marks: readonly Mark[]): void {
    for (const mark of marks) this.#underWay.delete(mark);
  }

  #byId(url: string, name: string | null, id: number, key: string | null): KnownRow | undefined {
    const row = id < this.#firstNew && !this.#taken.has(id) ? this.#records.byId(id) : undefined;
    if (row?.key !== key) return undefined;
    return key !== null || (row.url === url && row.name === name) ? row : undefined;
  }

  /** Whether the row is the next occurrence of its URL and name. */
  #isNext({ id, url, name, key, occurrence }: KnownRow): boolean {
    if (this.#taken.has(id)) return false;
    // Occurrences are taken in order: when the one before is taken, all before are.
    return occurrence === 1 || this.#seen.has(hashedIdentity(url, name, occurrence - 1, key).hash);
  }

  /** Takes up the first occurrence of this URL and name that is not taken, wherever its record is. */
  #find(url: string, name: string | null, key: string | null): TakenRow {
    const identity = this.#firstFree(url, name, key);
    const id = this.#isAllTaken() ? undefined : this.#records.find(identity);
    const known = id === undefined ? undefined : this.#records.byId(id);
    if (known === undefined) return this.#takeNew(identity);
    this.#cursor.foundElsewhere(known.id);
    return this.#takeKnown(known);
  }

  /** Occurrences are taken in order, without gaps, so a binary search finds the first free one. */
  #firstFree(url: string, name: string | null, key: string | null): HashedIdentity {
    const nth = (occurrence: number) => hashedIdentity(url, name, occurrence, key);
    const first = nth(1);
    if (!this.#isTaken(first)) return first;
    let taken = this.#repeats.get(first.text) ?? 1;
    let free = nth(taken + 1);
    for (let step = 2; this.#isTaken(free); step *= 2) {
      taken = free.occurrence;
      free = nth(taken + step);
    }
    while (free.occurrence - taken > 1) {
      const middle = nth(Math.floor((taken + free.occurrence) / 2));
      if (this.#isTaken(middle)) taken = middle.occurrence;
      else free = middle;
    }
    if (this.#repeats.size === REPEATS) this.#repeats.clear();
    this.#repeats.set(first.text, free.occurrence);
    return free;
  }

  #isTaken(identity: HashedIdentity): boolean {
    const { hash, text } = identity;
    if (!this.#seen.has(hash)) return false;
    if (this.#underWay.get(hash) === text || this.#underWay.has(text)) return true;
    const id = this.#records.find(identity);
    return id !== undefined && (id >= this.#firstNew || this.#taken.has(id));
  }

  /** Whether all records of earlier runs are taken: any other row is new. */
  #isAllTaken(): boolean {
    if (this.#firstNew === 1) return true;
    if (!this.#cursor.isAtEnd) return false;
    this.#known ??= this.#records.countBelow(this.#firstNew);
    return this.#taken.size === this.#known;
  }

  #takeKnown(known: KnownRow): TakenRow {
    const { id, hash, occurrence } = known;
    this.#taken.add(id);
    this.#seen.add(hash);
    return { id, hash, occurrence, known };
  }

  #takeNew({ hash, occurrence, text }: HashedIdentity): TakenRow {
    this.#seen.add(hash);
    const mark = this.#underWay.has(hash) ? text : hash;
    this.#underWay.set(mark, text);
    return { id: this.#nextId++, hash, occurrence, mark };
  }
}

/** A set of the ids from 0 to `last`, a bit for each. */
export class IdSet {
  readonly #bytes: Uint8Array;
  #size = 0;

  constructor(last: number) {
    this.#bytes = new Uint8Array((last >>> 3) + 1);
  }

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    return ((this.#bytes[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }

  /** @param id one that is not in it yet, and not beyond the last */
  add(id: number): void {
    // biome-ignore lint/style/noNonNullAssertion: see @param
    this.#bytes[id >>> 3]! |= 1 << (id & 7);
    this.#size++;
  }
}
