import type { DatabaseSync } from 'node:sqlite';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/error-words.ts';
import type { Item } from '../model/item.ts';
import type { Outcome, Status } from '../model/outcome.ts';
import type { RowKey } from '../model/row-key.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import { brokenLedger } from './database-errors.ts';
import { createFolder, ledgerPath, slashed } from './folder.ts';
import { type PreviousRecord, PreviousRecords } from './match/previous-records.ts';
import { ListOrder, ReplayCursor } from './match/replay-cursor.ts';
import { identifyBy, type KeyChange } from './match/row-keys.ts';
import { atRest, checkTables, DirectoryLock, openForWriting } from './open-database.ts';
import { lastShard, takeBack } from './unpublished.ts';
import { RowRegister, type TakenRow } from './write/row-register.ts';
import { beginRun, type Ending, endRun, unrecordedSince } from './write/runs.ts';
import { LedgerWriter } from './write/writer.ts';

/** Options of {@link Ledger.open}. */
export interface LedgerOptions {
  /** The command line of the run; secrets in it are hidden before it is stored. */
  readonly arguments?: readonly string[] | undefined;
  /** What the paths of files begin with: they are recorded without it. @default the directory */
  readonly files?: string | undefined;
  /** What identifies rows. @default 'url' */
  readonly key?: RowKey | undefined;
  /** Called when the last run identified rows by another key; see {@link identifyBy}. */
  readonly onKeyChange?: ((change: KeyChange) => void) | undefined;
  /** Whether the file of a row may replace that of another row. @default false */
  readonly replaces?: boolean | undefined;
  /** The clock, in ms since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
  /** A clock in ms that never goes back. @default performance.now */
  readonly monotonic?: (() => number) | undefined;
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
  readonly #directory: string;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  /** The start of the run by either clock. */
  readonly #began: { readonly at: number; readonly monotonic: number };
  readonly #lock: DirectoryLock;
  readonly #database: DatabaseSync;
  readonly #records: PreviousRecords;
  readonly #register: RowRegister;
  readonly #writer: LedgerWriter;
  /** The rows that are taken up and not recorded yet, by index. */
  readonly #underWay = new Map<number, TakenRow>();
  readonly #totals: Record<Status, number> & { bytes: number } = {
    ok: 0,
    skipped: 0,
    'not-found': 0,
    failed: 0,
    cancelled: 0,
    bytes: 0,
  };
  /** What is held for each object. */
  readonly #held = new Map<string, { readonly rows: number; readonly bytes: number }>();
  #closing: Promise<void> | undefined;
  /** The failure that a caller has got already. */
  #thrown: BrokenRunError | undefined;

  private constructor(
    directory: string,
    lock: DirectoryLock,
    database: DatabaseSync,
    {
      arguments: args = [],
      replaces,
      files,
      key = 'url',
      onKeyChange,
      now = Date.now,
      monotonic = () => performance.now(),
    }: LedgerOptions,
  ) {
    this.#directory = directory;
    this.#lock = lock;
    this.#database = database;
    this.#now = now;
    this.#monotonic = monotonic;
    this.#began = { at: now(), monotonic: monotonic() };
    identifyBy(database, key, onKeyChange, monotonic);
    this.run = beginRun(database, args, this.#began.at, key);
    this.unrecordedSince = unrecordedSince(database, this.run);
    this.#records = new PreviousRecords(database);
    const firstNew = this.#records.last + 1;
    const cursor = new ReplayCursor(new ListOrder(database, { run: this.run, firstNew }));
    const register = new RowRegister(this.#records, cursor, firstNew);
    this.#register = register;
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
    return this.#guarded(() => this.#take(item).known);
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
      last > 0 && this.#guarded(() => this.#register.isTaken(withoutCredentials(url), name, last))
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
    const owner = this.#guarded(() => this.#records.ownerOf(slashed(path)));
    return owner === undefined ? undefined : owner === this.#underWay.get(item.index)?.id;
  }

  /**
   * The row that was last saved at `path`, by an earlier run.
   * @param path relative to the directory
   * @returns undefined when no row was
   * @throws BrokenRunError when the ledger cannot be read
   */
  rowAt(path: string): { readonly url: string; readonly bytes: number } | undefined {
    return this.#guarded(() => {
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
    return this.#guarded(() => this.#records.withDigest(digest));
  }

  /**
   * Records the outcome of a row: with the next batch, within 100 ms.
   * @returns a promise when the caller should pause until it is fulfilled, otherwise undefined
   * @throws BrokenRunError when the ledger cannot be written; the promise is rejected with it, too
   */
  record(outcome: Outcome): Promise<void> | undefined {
    const { item, status } = outcome;
    const row = this.#leave(item);
    this.#totals[status]++;
    if (status === 'ok') this.#totals.bytes += outcome.bytes;
    return this.#paused(() => this.#write(outcome, row));
  }

  /**
   * Takes the outcome of a row whose file is in an object that is not published yet: it is recorded by
   * {@link recordHeld}. A run that ends before that leaves the row as it was.
   * @returns as {@link record} @throws as {@link record}
   */
  hold(outcome: Outcome, object: string): Promise<void> | undefined {
    const row = this.#leave(outcome.item);
    const held = this.#held.get(object) ?? { rows: 0, bytes: 0 };
    this.#held.set(object, { rows: held.rows + 1, bytes: held.bytes + outcome.bytes });
    return this.#paused(() => this.#writer.hold(outcome, row, object));
  }

  /** Records what is held for an object, with the next batch. @throws BrokenRunError */
  recordHeld(object: string): void {
    const { rows, bytes } = this.#held.get(object) ?? { rows: 0, bytes: 0 };
    this.#held.delete(object);
    this.#totals.ok += rows;
    this.#totals.bytes += bytes;
    this.#writer.writeHeld(object);
  }

  /**
   * The rows of this object, such as a tar shard, are not saved: it was never published. Called before any
   * row is taken up.
   * @throws BrokenRunError when the ledger cannot be written
   */
  takeBack(object: string): void {
    this.#guarded(() => takeBack(this.#database, object));
  }

  /**
   * The highest number of a tar shard that a row is recorded in.
   * @returns undefined when there is none @throws BrokenRunError when the ledger cannot be read
   */
  get lastShard(): number | undefined {
    return this.#guarded(() => lastShard(this.#database));
  }

  /** Records how busy the run is at the moment. */
  load(inFlight: number, allowed: number): void {
    this.#writer.load({ at: this.#now(), inFlight, allowed });
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
    const known = this.#thrown;
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

  #paused(write: () => Promise<void> | undefined): Promise<void> | undefined {
    try {
      return write()?.catch((error) => {
        throw this.#given(error);
      });
    } catch (error) {
      throw this.#given(error);
    }
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
      endRun(this.#database, { id: this.run, ending, totals: this.#totals, now: this.#endsAt() });
    } catch (error) {
      throw this.#given(brokenLedger(ledgerPath(this.#directory), error));
    } finally {
      atRest(this.#database);
      this.#database.close();
      this.#lock[Symbol.dispose]();
    }
  }

  /** The end of the run, by the later of both clocks: the system's may have been set back. */
  #endsAt(): number {
    const { at, monotonic } = this.#began;
    return Math.max(this.#now(), at + Math.floor(this.#monotonic() - monotonic));
  }

  #guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#given(brokenLedger(ledgerPath(this.#directory), error));
    }
  }

  #given(error: unknown): unknown {
    this.#thrown ??= error instanceof BrokenRunError ? error : undefined;
    return error;
  }
}
