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
import { Places } from './places.ts';
import { idRangesOf } from './record-batch.ts';
import { addLoad, loadsIn } from './runs.ts';
import type { Batch, WriterThreadData } from './writer-messages.ts';

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
      for (const range of idRangesOf(places)) this.#places.set(range);
      this.#writeRecords(values);
      for (const [object, records] of held) this.#held.add(object, records);
      for (const object of published) {
        for (const records of this.#held.take(object)) this.#writeRecords(records);
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
