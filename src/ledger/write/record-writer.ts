import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openForWriting } from '../open-database.ts';
import {
  COLUMNS,
  CONFIRM,
  CONFIRM_VALUES,
  DISOWN,
  INDEX_BY_PATH,
  type RecordValue,
  UPSERT,
} from '../schema.ts';
import { HeldRecords } from './held-records.ts';
import { type Batch, type Stretch, stretchesOf, type WriterThreadData } from './record-batch.ts';
import { addLoad, loadsIn } from './runs.ts';

/**
 * Where in which list each row stood last. A place says it for all ids from its `first` on, up to the
 * next place: a list of a million rows in the order of last time is one place, not a million updates.
 */
export class Places {
  readonly #run: number;
  readonly #at: StatementSync;
  readonly #next: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  /** @param run the one whose list it is */
  constructor(database: DatabaseSync, run: number) {
    this.#run = run;
    this.#at = database.prepare(
      'SELECT first, run, idx FROM places WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    this.#next = database.prepare('SELECT min(first) FROM places WHERE first > ?');
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO places (first, run, idx) VALUES (?, ?, ?)',
    );
    this.#delete = database.prepare('DELETE FROM places WHERE first BETWEEN ? AND ?');
    for (const query of [this.#at, this.#next]) query.setReturnArrays(true);
  }

  /** This run has the stretch in its list. */
  set({ first, last, index }: Stretch): void {
    const next = this.#nextAfter(first);
    if (next > last && this.#isSaid(first, index)) return;
    // What was said of those that follow still holds for them.
    const after = next === last + 1 ? undefined : this.#placeAt(last + 1);
    if (next <= last) this.#delete.run(next, last);
    // Where the one before goes on like this, there is no need for a place here.
    if (this.#isSaid(first - 1, index - 1)) this.#delete.run(first, first);
    else this.#insert.run(first, this.#run, index);
    if (after !== undefined) this.#insert.run(last + 1, after.run, after.index);
  }

  /** Whether it is said of an id that it stands there in this run's list. */
  #isSaid(id: number, index: number): boolean {
    const place = this.#placeAt(id);
    return place?.run === this.#run && place.index === index;
  }

  /** The run and the index that are said of an id. */
  #placeAt(id: number): { readonly run: number; readonly index: number } | undefined {
    // An array, because of setReturnArrays(); so is the next one.
    const [first, run = 0, index = 0] = (this.#at.get(id) ?? []) as unknown as number[];
    return first === undefined ? undefined : { run, index: index + id - first };
  }

  /** Where the next place begins; Infinity behind the last one. */
  #nextAfter(id: number): number {
    const [next] = this.#next.get(id) as unknown as [number | null];
    return next ?? Number.POSITIVE_INFINITY;
  }
}

const ID = COLUMNS.indexOf('id');
const STATUS = COLUMNS.indexOf('status');
const PATH = COLUMNS.indexOf('path');
const DUPLICATE_OF = COLUMNS.indexOf('duplicate_of');

/** Writes batches of records into a ledger, over its own connection. Throws SQLite's errors. */
export class RecordWriter {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #confirm: StatementSync;
  /** Undefined where no row's file may replace another's. */
  readonly #disown: StatementSync | undefined;
  readonly #places: Places;
  readonly #run: number;
  readonly #held = new HeldRecords();

  constructor({ directory, run, replaces = false }: WriterThreadData) {
    this.#run = run;
    this.#database = openForWriting(directory);
    this.#upsert = this.#database.prepare(UPSERT);
    this.#confirm = this.#database.prepare(CONFIRM);
    if (replaces) this.#database.exec(INDEX_BY_PATH);
    this.#disown = replaces ? this.#database.prepare(DISOWN) : undefined;
    this.#places = new Places(this.#database, run);
  }

  /** Writes several batches in one transaction: pages that they share are written once. */
  write(batches: Iterable<Batch>): void {
    this.#database.exec('BEGIN IMMEDIATE');
    for (const { places, values, held, published, loads, confirmed } of batches) {
      for (const stretch of stretchesOf(places)) this.#places.set(stretch);
      this.#writeRecords(values);
      for (const [object, more] of held) this.#held.add(object, more);
      for (const object of published) {
        for (const more of this.#held.take(object)) this.#writeRecords(more);
      }
      for (let at = 0; at < confirmed.length; at += CONFIRM_VALUES) {
        this.#confirm.run(...confirmed.slice(at, at + CONFIRM_VALUES));
      }
      for (const load of loadsIn(loads)) addLoad(this.#database, this.#run, load);
    }
    this.#database.exec('COMMIT');
  }

  #writeRecords(values: readonly RecordValue[]): void {
    for (let at = 0; at < values.length; at += COLUMNS.length) {
      const record = values.slice(at, at + COLUMNS.length);
      this.#upsert.run(...record);
      // A row may share the object of an earlier one, which keeps it.
      const isOwn = record[PATH] !== record[DUPLICATE_OF];
      if (record[STATUS] === 'ok' && isOwn) {
        this.#disown?.run(record[PATH] ?? null, record[ID] ?? null);
      }
    }
  }

  /** Checkpoints the log, and closes the connection. */
  finish(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.close();
  }

  /** Closes the connection; an unfinished transaction is rolled back. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
