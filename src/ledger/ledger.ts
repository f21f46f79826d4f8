import type { DatabaseSync } from 'node:sqlite';
import { BrokenRunError } from '../model/broken-run-error.ts';
import type { Item } from '../model/item.ts';
import type { Outcome, Status } from '../model/outcome.ts';
import { brokenLedger } from './database-errors.ts';
import { DirectoryLock } from './directory-lock.ts';
import { Occurrences } from './occurrences.ts';
import { atRest, createFolder, openForWriting } from './open-database.ts';
import { ledgerPath } from './paths.ts';
import { PreviousRecords } from './previous-records.ts';
import type { PreviousRecord } from './record.ts';
import { recordValues } from './record-values.ts';
import type { RowKey } from './row-key.ts';
import { beginRun, type Ending, endRun, unrecordedSince } from './runs.ts';
import { LedgerWriter } from './writer.ts';

/** Options of {@link Ledger.open}. */
export interface LedgerOptions {
  /** The run's command line; secrets in it are hidden before it is kept. */
  readonly arguments?: readonly string[] | undefined;
  /** What time it is, in ms since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** A row that the run has taken up. */
export interface TakenRow {
  readonly key: RowKey;
  /** What became of it in earlier runs; undefined for a new one. */
  readonly previous: PreviousRecord | undefined;
}

/**
 * The record of a directory: what became of each row of its lists, over all runs. For one run at a
 * time, which takes rows up and records their outcomes. It must be closed: until then the process
 * does not end.
 */
export class Ledger implements AsyncDisposable {
  /** The number of this run, from 1. */
  readonly run: number;
  /** Since when there may be files that a killed run did not record, in ms since the epoch; or Infinity. */
  readonly unrecordedSince: number;
  readonly #directory: string;
  readonly #now: () => number;
  readonly #lock: DirectoryLock;
  readonly #database: DatabaseSync;
  readonly #previous: PreviousRecords;
  readonly #occurrences: Occurrences;
  readonly #writer: LedgerWriter;
  /** The keys of the rows under way, by index. */
  readonly #keys = new Map<number, RowKey>();
  readonly #totals: Record<Status, number> & { bytes: number } = {
    ok: 0,
    skipped: 0,
    'not-found': 0,
    failed: 0,
    cancelled: 0,
    bytes: 0,
  };
  #closing: Promise<void> | undefined;
  /** The failure that a caller has been given. */
  #thrown: unknown;

  private constructor(
    directory: string,
    lock: DirectoryLock,
    database: DatabaseSync,
    { arguments: args = [], now = Date.now }: LedgerOptions,
  ) {
    this.#directory = directory;
    this.#lock = lock;
    this.#database = database;
    this.#now = now;
    this.run = beginRun(database, args, now());
    this.unrecordedSince = unrecordedSince(database, this.run);
    this.#previous = new PreviousRecords(database);
    this.#occurrences = new Occurrences((key) => this.#previous.getNow(key)?.seen === this.run);
    this.#writer = new LedgerWriter(directory, (batch) => {
      for (const [key] of batch) this.#occurrences.recorded(String(key));
    });
  }

  /**
   * Opens the ledger of `directory` for a new run; creates both where they are missing.
   * @throws BrokenRunError when another run is using the directory, or the ledger is of no use
   */
  static open(directory: string, options: LedgerOptions = {}): Ledger {
    createFolder(directory);
    const lock = DirectoryLock.acquire(directory);
    let database: DatabaseSync | undefined;
    try {
      database = openForWriting(directory);
      return new Ledger(directory, lock, database, options);
    } catch (error) {
      database?.close();
      lock[Symbol.dispose]();
      throw brokenLedger(ledgerPath(directory), error);
    }
  }

  /**
   * Takes a row up: says which it is, and what became of it before. Each is to be taken once, in the
   * order of the list; equal rows are told apart by it.
   *
   * @param key of a row that comes from the ledger itself
   * @throws BrokenRunError when the ledger cannot be read
   */
  take(item: Item, key?: RowKey): TakenRow {
    try {
      if (key !== undefined) this.#occurrences.add(key);
      const taken = key ?? this.#occurrences.take(item);
      this.#keys.set(item.index, taken);
      return { key: taken, previous: this.#previous.get(taken) };
    } catch (error) {
      throw this.#given(brokenLedger(ledgerPath(this.#directory), error));
    }
  }

  /** What the ledger has for a key. Not what was recorded in the last 100 ms. */
  previous(key: RowKey): PreviousRecord | undefined {
    return this.#previous.getNow(key);
  }

  /** The key of a row under way; undefined before it is taken, and from its record on. */
  keyOf(item: Item): RowKey | undefined {
    return this.#keys.get(item.index);
  }

  /**
   * Whose file it is: the row that was last saved there, in this run or an earlier one. Not what was
   * recorded in the last 100 ms.
   * @param path relative to the directory
   * @throws BrokenRunError when the ledger cannot be read
   */
  ownerOf(path: string): RowKey | undefined {
    try {
      return this.#previous.ownerOf(path);
    } catch (error) {
      throw this.#given(brokenLedger(ledgerPath(this.#directory), error));
    }
  }

  /**
   * Records how a row ended, soon.
   * @returns a promise when the caller should pause until it is fulfilled, else undefined
   * @throws BrokenRunError when the ledger cannot be written; the promise is rejected with it, too
   */
  record(outcome: Outcome): Promise<void> | undefined {
    const { item, status } = outcome;
    const key = this.#keys.get(item.index) ?? this.take(item).key;
    this.#keys.delete(item.index);
    const values = recordValues(outcome, { key, run: this.run, directory: this.#directory });
    this.#totals[status]++;
    if (status === 'ok') this.#totals.bytes += outcome.bytes;
    try {
      return this.#writer.write(values)?.catch((error) => {
        throw this.#given(error);
      });
    } catch (error) {
      throw this.#given(error);
    }
  }

  /** Resolves when all that was recorded so far is in the ledger. @throws BrokenRunError */
  async flush(): Promise<void> {
    await this.#writer.flush();
  }

  /**
   * Writes what there is, ends the run and lets the directory go. A second call waits for the first.
   * @throws BrokenRunError when not all records are in the ledger
   */
  close(ending: Ending): Promise<void> {
    this.#closing ??= this.#close(ending);
    return this.#closing;
  }

  /** Closes it, as after a broken run unless {@link close} has said otherwise. */
  async [Symbol.asyncDispose](): Promise<void> {
    const known = this.#thrown;
    try {
      await this.close('broken');
    } catch (error) {
      // Whoever has it already need not get it again on top of itself.
      if (error !== known) throw error;
    }
  }

  async #close(ending: Ending): Promise<void> {
    try {
      await this.#writer.close();
      endRun(this.#database, { id: this.run, ending, totals: this.#totals, now: this.#now() });
    } catch (error) {
      throw this.#given(brokenLedger(ledgerPath(this.#directory), error));
    } finally {
      atRest(this.#database);
      this.#database.close();
      this.#lock[Symbol.dispose]();
    }
  }

  #given(error: unknown): unknown {
    this.#thrown ??= error instanceof BrokenRunError ? error : undefined;
    return error;
  }
}
