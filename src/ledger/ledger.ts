import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../model/error-words.ts';
import type { Item } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import { brokenLedger } from './database-errors.ts';
import { createFolder, ledgerPath, slashed } from './folder.ts';
import { type PreviousRecord, PreviousRecords } from './match/previous-records.ts';
import { ListOrder, ReplayCursor } from './match/replay-cursor.ts';
import { atRest, checkTables, DirectoryLock, openForWriting } from './open-database.ts';
import { ShardRecords } from './shard-records.ts';
import { ThrownFailures } from './thrown-failures.ts';
import { CurrentRun, type RunOptions } from './write/current-run.ts';
import { RowRegister, type TakenRow } from './write/row-register.ts';
import { type Ending, unrecordedSince } from './write/runs.ts';
import { LedgerWriter } from './write/writer.ts';

/** Options of {@link Ledger.open}. */
export interface LedgerOptions extends RunOptions {
  /** What the paths of files begin with: they are recorded without it. @default the directory */
  readonly files?: string | undefined;
  /** Whether the file of a row may replace that of another row. @default false */
  readonly replaces?: boolean | undefined;
}

/**
 * The record of a directory: the result of each row of its lists, over all runs. One run at a time uses
 * it: it takes up rows and records their outcomes. The ledger must be closed, or the process does not
 * end.
 */
export class Ledger implements AsyncDisposable {
  /** The number of this run, from 1. */
  readonly run: number;
  /**
   * The time since which a killed run may have left files unrecorded, in ms since the epoch; or Infinity.
   */
  readonly unrecordedSince: number;
  /** What is recorded of tar shards. */
  readonly shards: ShardRecords;
  readonly #lock: DirectoryLock;
  readonly #database: DatabaseSync;
  readonly #failures: ThrownFailures;
  readonly #run: CurrentRun;
  readonly #records: PreviousRecords;
  readonly #register: RowRegister;
  readonly #writer: LedgerWriter;
  /** The rows that are taken up and not recorded yet, by index. */
  readonly #underWay = new Map<number, TakenRow>();
  #closing: Promise<void> | undefined;

  private constructor(
    directory: string,
    lock: DirectoryLock,
    database: DatabaseSync,
    options: LedgerOptions,
  ) {
    this.#lock = lock;
    this.#database = database;
    this.#failures = new ThrownFailures(directory);
    this.shards = new ShardRecords(directory, database, this.#failures);
    this.#run = new CurrentRun(database, options);
    this.run = this.#run.id;
    this.unrecordedSince = unrecordedSince(database, this.run);
    this.#records = new PreviousRecords(database);
    const firstNew = this.#records.last + 1;
    const cursor = new ReplayCursor(new ListOrder(database, { run: this.run, firstNew }));
    const register = new RowRegister(this.#records, cursor, firstNew);
    this.#register = register;
    const { files, replaces } = options;
    this.#writer = new LedgerWriter({ directory, files, run: this.run, replaces }, (marks) =>
      register.written(marks),
    );
  }

  /**
   * Opens the ledger of `directory` for a new run, and creates both where they are missing.
   * @throws BrokenRunError when another run is using the directory, or the ledger cannot be used
   */
  static open(directory: string, options: LedgerOptions = {}): Ledger {
    createFolder(directory);
    const lock = DirectoryLock.acquire(directory);
    let database: DatabaseSync | undefined;
    try {
      database = openForWriting(directory);
      checkTables(database);
      return new Ledger(directory, lock, database, options);
    } catch (error) {
      database?.close();
      lock[Symbol.dispose]();
      throw brokenLedger(ledgerPath(directory), error);
    }
  }

  /**
   * Takes up a row. Each row has to be taken up once, in the order of the list, which tells equal rows
   * apart.
   *
   * @returns the record of the row by earlier runs; undefined for a new row
   * @throws BrokenRunError when the ledger cannot be read
   */
  take(item: Item): PreviousRecord | undefined {
    return this.#failures.guard(() => this.#take(item).known);
  }

  /** The record of a row that was taken up, by earlier runs. */
  previous(item: Item): PreviousRecord | undefined {
    return this.#underWay.get(item.index)?.known;
  }

  /**
   * Whether a row with this URL and the item's name was taken up before the item in this run.
   * @param url the item's own, or another way to write it
   * @throws BrokenRunError when the ledger cannot be read
   */
  hasBeenTaken(item: Item, url: string): boolean {
    const own = this.#underWay.get(item.index)?.occurrence ?? 1;
    const last = url === item.url ? own - 1 : 1;
    const { name = null } = item;
    return (
      last > 0 &&
      this.#failures.guard(() => this.#register.isTaken(withoutCredentials(url), name, last))
    );
  }

  /**
   * Whether `path` is the file of a row that was taken up, by the record of an earlier run.
   * @param path relative to the directory
   */
  hadFile(item: Item, path: string): boolean {
    return this.#underWay.get(item.index)?.known?.path === slashed(path);
  }

  /**
   * Whether a row that was taken up owns the file at `path`: whether it is the row that was last saved
   * there, by an earlier run.
   * @param path relative to the directory
   * @returns undefined when no row owns the file
   * @throws BrokenRunError when the ledger cannot be read
   */
  owns(item: Item, path: string): boolean | undefined {
    const owner = this.#failures.guard(() => this.#records.ownerOf(slashed(path)));
    return owner === undefined ? undefined : owner === this.#underWay.get(item.index)?.id;
  }

  /**
   * The row that was last saved at `path`, by an earlier run.
   * @param path relative to the directory
   * @returns undefined when no row was
   * @throws BrokenRunError when the ledger cannot be read
   */
  rowAt(path: string): { readonly url: string; readonly bytes: number } | undefined {
    return this.#failures.guard(() => {
      const owner = this.#records.ownerOf(slashed(path));
      const row = owner === undefined ? undefined : this.#records.byId(owner);
      return row?.isDone ? row : undefined;
    });
  }

  /**
   * A file with this digest, of an earlier run or of this one, as far as it is recorded.
   * @returns its path is relative to the directory, with slashes
   * @throws BrokenRunError when the ledger cannot be read
   */
  withDigest(digest: string): PreviousRecord | undefined {
    return this.#failures.guard(() => this.#records.withDigest(digest));
  }

  /**
   * Records the outcome of a row: with the next batch, within 100 ms.
   * @returns a promise when the caller should pause until it is fulfilled, otherwise undefined
   * @throws BrokenRunError when the ledger cannot be written; the promise is rejected with it, too
   */
  record(outcome: Outcome): Promise<void> | undefined {
    const row = this.#leave(outcome.item);
    this.#run.count(outcome);
    return this.#failures.guardWriter(() => this.#write(outcome, row));
  }

  /**
   * Takes the outcome of a row whose file is in an object that is not published yet: it is recorded by
   * {@link recordHeld}. A run that ends before that leaves the row as it was.
   * @returns as {@link record} @throws as {@link record}
   */
  hold(outcome: Outcome, object: string): Promise<void> | undefined {
    const row = this.#leave(outcome.item);
    this.#run.hold(outcome, object);
    return this.#failures.guardWriter(() => this.#writer.hold(outcome, row, object));
  }

  /** Records what is held for an object, with the next batch. @throws BrokenRunError */
  recordHeld(object: string): void {
    this.#run.countHeld(object);
    this.#writer.writeHeld(object);
  }

  /** Records how busy the run is at the moment. */
  load(inFlight: number, allowed: number): void {
    this.#writer.load({ at: this.#run.now(), inFlight, allowed });
  }

  /** Resolves when all outcomes so far are in the ledger. @throws BrokenRunError */
  async flush(): Promise<void> {
    await this.#writer.flush();
  }

  /**
   * Writes the last records, ends the run and unlocks the directory. A second call waits for the first.
   * @throws BrokenRunError when not all records are in the ledger
   */
  close(ending: Ending): Promise<void> {
    this.#closing ??= this.#close(ending);
    return this.#closing;
  }

  /** Closes the ledger; the run counts as broken unless {@link close} was called before. */
  async [Symbol.asyncDispose](): Promise<void> {
    const known = this.#failures.first;
    try {
      await this.close('broken');
    } catch (error) {
      // The caller has this failure already: it is not thrown again on top of itself.
      if (known === undefined || messageOf(error) !== known.message) throw error;
    }
  }

  #take(item: Item): TakenRow {
    const { url, name = null, key = null, recordId: id, index } = item;
    const row = this.#register.take(withoutCredentials(url), name, id, key);
    this.#underWay.set(index, row);
    // A row that comes from the ledger is in no list: it keeps its place in the last one.
    if (row.id !== id) this.#writer.see(row.id, index);
    if (!row.known?.isDone) this.#writer.expect();
    return row;
  }

  /** The row that was taken up for an item, which has ended. */
  #leave(item: Item): TakenRow {
    const row = this.#underWay.get(item.index) ?? this.#take(item);
    this.#underWay.delete(item.index);
    return row;
  }

  #write(outcome: Outcome, row: TakenRow): Promise<void> | undefined {
    // The row was skipped since it is done. The record of how it was done is worth more.
    const { status, reason } = outcome;
    if (status === 'skipped' && reason !== 'copied' && row.known?.isDone) {
      if (outcome.savedAt !== undefined) this.#writer.confirm(outcome, row);
      return this.#writer.pause();
    }
    return this.#writer.write(outcome, row);
  }

  async #close(ending: Ending): Promise<void> {
    try {
      await this.#writer.close();
      this.#run.end(ending);
    } catch (error) {
      throw this.#failures.broken(error);
    } finally {
      atRest(this.#database);
      this.#database.close();
      this.#lock[Symbol.dispose]();
    }
  }
}
