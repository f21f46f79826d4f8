import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Places } from '../match/places.ts';
import { openForWriting } from '../open-database.ts';
import { COLUMNS, CONFIRM, CONFIRM_VALUES, DISOWN, INDEX_BY_PATH, UPSERT } from '../schema.ts';
import { type Batch, stretchesOf, type WriterThreadData } from './record-batch.ts';
import { addLoad, loadsIn } from './runs.ts';

const ID = COLUMNS.indexOf('id');
const STATUS = COLUMNS.indexOf('status');
const PATH = COLUMNS.indexOf('path');

/** Writes batches of records into a ledger, over its own connection. Throws SQLite's errors. */
export class RecordWriter {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #confirm: StatementSync;
  /** Undefined where no row's file may replace another's. */
  readonly #disown: StatementSync | undefined;
  readonly #places: Places;
  readonly #run: number;

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
    for (const { places, values, loads, confirmed } of batches) {
      for (const stretch of stretchesOf(places)) this.#places.set(stretch);
      for (let at = 0; at < values.length; at += COLUMNS.length) {
        const record = values.slice(at, at + COLUMNS.length);
        this.#upsert.run(...record);
        if (record[STATUS] === 'ok') this.#disown?.run(record[PATH] ?? null, record[ID] ?? null);
      }
      for (let at = 0; at < confirmed.length; at += CONFIRM_VALUES) {
        this.#confirm.run(...confirmed.slice(at, at + CONFIRM_VALUES));
      }
      for (const load of loadsIn(loads)) addLoad(this.#database, this.#run, load);
    }
    this.#database.exec('COMMIT');
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
