import type { DatabaseSync } from 'node:sqlite';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import type { Outcome, Status } from '../model/outcome.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import { brokenLedger } from './database-errors.ts';
import { DirectoryLock } from './directory-lock.ts';
import { createFolder, ledgerPath, slashed } from './folder.ts';
import { ListOrder } from './match/list-order.ts';
import { PreviousRecords } from './match/previous-records.ts';
import { ReplayCursor } from './match/replay-cursor.ts';
import { atRest, checkTables, openForWriting } from './open-database.ts';
import type { PreviousRecord } from './record.ts';
import { RowRegister, type TakenRow } from './write/row-register.ts';
import { beginRun, type Ending, endRun, unrecordedSince } from './write/runs.ts';
import { LedgerWriter } from './write/writer.ts';

/** Options of {@link Ledger.open}. */
export interface LedgerOptions {
  /** The run's command line; secrets in it are hidden before it is kept. */
  readonly arguments?: readonly string[] | undefined;
  /** Whether a row's file may replace another row's. @default false */
  readonly replaces?: boolean | undefined;
  /** What time it is, in ms since the epoch. */
  readonly now?: (() => number) | undefined;
  /** What time it is in ms by a clock that is never set; since when does not matter. */
  readonly monotonic?: (() => number) | undefined;
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
  readonly #monotonic: () => number;
  /** By either clock. */
  readonly #began: { readonly at: number; readonly monotonic: number };
  readonly #lock: DirectoryLock;
  readonly #database: DatabaseSync;
  readonly #records: PreviousRecords;
  readonly #register: RowRegister;
  readonly #writer: LedgerWriter;
  /** The rows under way, by index. */
  readonly #underWay = new Map<number, TakenRow>();
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
  #thrown: BrokenRunError | undefined;

  private constructor(
    directory: string,
    lock: DirectoryLock,
    database: DatabaseSync,
    {
      arguments: args = [],
      replaces,
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
    this.run = beginRun(database, args, this.#began.at);
    this.unrecordedSince = unrecordedSince(database, this.run);
    this.#records = new PreviousRecords(database);
    const firstNew = this.#records.last + 1;
    const cursor = new ReplayCursor(new ListOrder(database, { run: this.run, firstNew }));
    const register = new RowRegister(this.#records, cursor, firstNew);
    this.#register = register;
    this.#writer = new LedgerWriter({ directory, run: this.run, replaces }, (marks) =>
      register.written(marks),
    );
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
      checkTables(database);
      return new Ledger(directory, lock, database, options);
    } catch (error) {
      database?.close();
      lock[Symbol.dispose]();
      throw brokenLedger(ledgerPath(directory), error);
    }
  }

  /**
   * Takes a row up. Each is to be taken once, in the order of the list; equal rows are told apart by
   * it.
   *
   * @returns what earlier runs made of the row; undefined for a new one
   * @throws BrokenRunError when the ledger cannot be read
   */
  take(item: Item): PreviousRecord | undefined {
    return this.#guarded(() => this.#take(item).known);
  }

  /**
   * Whether an earlier run left the file at `path` to a row under way, if nobody has taken it since.
   * @param path relative to the directory
   */
  hadFile(item: Item, path: string): boolean {
    return this.#underWay.get(item.index)?.known?.path === slashed(path);
  }

  /**
   * Whether the file at `path` is that of a row under way: whether that is the one of all rows that
   * was last saved there, by an earlier run.
   * @param path relative to the directory
   * @returns undefined when it is nobody's
   * @throws BrokenRunError when the ledger cannot be read
   */
  owns(item: Item, path: string): boolean | undefined {
    const owner = this.#guarded(() => this.#records.ownerOf(slashed(path)));
    return owner === undefined ? undefined : owner === this.#underWay.get(item.index)?.id;
  }

  /**
   * Records how a row ended, soon.
   * @returns a promise when the caller should pause until it is fulfilled, else undefined
   * @throws BrokenRunError when the ledger cannot be written; the promise is rejected with it, too
   */
  record(outcome: Outcome): Promise<void> | undefined {
    const { item, status } = outcome;
    const row = this.#underWay.get(item.index) ?? this.#take(item);
    this.#underWay.delete(item.index);
    this.#totals[status]++;
    if (status === 'ok') this.#totals.bytes += outcome.bytes;
    try {
      return this.#write(outcome, row)?.catch((error) => {
        throw this.#given(error);
      });
    } catch (error) {
      throw this.#given(error);
    }
  }

  /** Takes note of how busy the run is at the moment. */
  load(inFlight: number, allowed: number): void {
    this.#writer.load({ at: this.#now(), inFlight, allowed });
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
      // Whoever has it already need not get it again on top of itself, though the disk is full twice.
      if (known === undefined || messageOf(error) !== known.message) throw error;
    }
  }

  #take(item: Item): TakenRow {
    const { url, name = null, key, index } = item;
    const id = idOf(key);
    const row = this.#register.take(withoutCredentials(url), name, id);
    this.#underWay.set(index, row);
    // A row that comes from the ledger stands in no list: its place stays that in the last one.
    if (row.id !== id) this.#writer.see(row.id, index);
    if (!row.known?.isDone) this.#writer.expect();
    return row;
  }

  #write(outcome: Outcome, row: TakenRow): Promise<void> | undefined {
    // It was skipped since it is done: what the record says of that is worth more.
    if (outcome.status === 'skipped' && row.known?.isDone) return this.#writer.pause();
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

  /** Never before what it took after it began, though the clock was set back meanwhile. */
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

/** The id that an item's key stands for; any other key stands for none. */
function idOf(key: string | undefined): number | undefined {
  const id = Number(key);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
